//! The widget on a page ([`Mounted`]), and a list of all screens ([`screens`]).

use std::cell::RefCell;
use std::rc::Rc;

use akiba_protocol::{CameraKind, Judgement, Reason};
use akiba_selfie::config::{Config, Options};
use akiba_selfie::flow::{
    CameraInfo, CameraState, ErrorCode, Framing, Generation, NextStep, Opening, Phase, Photo, PhotoId, Prompt, Screen,
    State, Wait,
};
use akiba_selfie::guidance::Hint;
use akiba_selfie::text::{Browser, Text};
use akiba_selfie::ui::{self, Action, Presses, View};
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, Element, HtmlElement};
use yew::prelude::*;

pub(crate) type Actions = Rc<RefCell<Vec<Action>>>;

#[derive(Clone, PartialEq, Properties)]
struct Props {
    view: View,
    action: Callback<Action>,
}

#[component]
fn App(props: &Props) -> Html {
    ui::draw(&props.view, &props.action)
}

/// The widget in a shadow root, 360 px wide, with its style.
pub(crate) struct Mounted {
    pub(crate) host: HtmlElement,
    handle: yew::AppHandle<App>,
    pub(crate) actions: Actions,
    action: Callback<Action>,
}

impl Mounted {
    pub(crate) async fn new(view: View) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let host: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        host.style().set_property("width", "336px").unwrap();
        document.body().unwrap().append_child(&host).unwrap();
        let root = host.attach_shadow(&web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open)).unwrap();
        let sheet = CssStyleSheet::new().unwrap();
        sheet.replace_sync(ui::STYLE).unwrap();
        root.set_adopted_style_sheets(&Array::of1(&sheet));
        let mount = document.create_element("div").unwrap();
        root.append_child(&mount).unwrap();
        let actions = Actions::default();
        let action = {
            let actions = Rc::clone(&actions);
            Callback::from(move |action| actions.borrow_mut().push(action))
        };
        let handle = yew::Renderer::<App>::with_root_and_props(mount, Props { view, action: action.clone() }).render();
        let mounted = Self { host, handle, actions, action };
        mounted.drawn().await;
        mounted
    }

    async fn drawn(&self) {
        TimeoutFuture::new(0).await;
    }

    pub(crate) async fn show(&mut self, view: View) {
        self.handle.update(Props { view, action: self.action.clone() });
        self.drawn().await;
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let list = self.host.shadow_root().unwrap().query_selector_all(selector).unwrap();
        (0..list.length()).map(|index| list.get(index).unwrap().unchecked_into()).collect()
    }

    pub(crate) fn one(&self, selector: &str) -> Element {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {}", self.one_html());
        found.remove(0)
    }

    fn one_html(&self) -> String {
        self.host.shadow_root().unwrap().inner_html()
    }

    pub(crate) fn by_id(&self, id: &str) -> Element {
        self.one(&format!("[id='{id}']"))
    }

    /// Buttons and file inputs by their accessible name.
    pub(crate) fn controls(&self) -> Vec<(String, Element)> {
        let name = |element: &Element| {
            let labelled =
                if element.tag_name() == "INPUT" { element.parent_element().unwrap() } else { element.clone() };
            element.get_attribute("aria-label").unwrap_or_else(|| labelled.text_content().unwrap_or_default())
        };
        self.all("button, input").into_iter().map(|element| (name(&element), element)).collect()
    }

    pub(crate) fn control(&self, name: &str) -> HtmlElement {
        let mut found: Vec<_> = self.controls().into_iter().filter(|(label, _)| label == name).collect();
        assert_eq!(found.len(), 1, "{name} in {}", self.one_html());
        found.remove(0).1.unchecked_into()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.controls().into_iter().map(|(name, _)| name).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.one(".card").text_content().unwrap_or_default()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.host.remove();
    }
}

pub(crate) const PHOTO: Photo = Photo { id: PhotoId(1), width: 960, height: 1280, bytes: 312_400, luminance: None };
pub(crate) const INFO: CameraInfo = CameraInfo { mirrored: true, kind: CameraKind::Front, poor: false, cameras: 2 };

pub(crate) fn view(screen: Screen) -> View {
    let options = Options {
        relay: Some("https://relay.example".to_owned()),
        identifier: Some("8001015009087".to_owned()),
        ..Options::default()
    };
    let live = matches!(screen, Screen::Framing { .. } | Screen::Countdown { .. } | Screen::Grabbing);
    let camera = if live { CameraState::Open(Generation(1), INFO) } else { CameraState::Closed };
    View {
        text: Text::english(),
        id: ui::next_id(),
        state: State { screen, camera, framing: Framing { mirrored: true, ..Framing::default() }, ..State::default() },
        config: Config::from_options(&options, "https://bank.example/"),
        video: None,
        photo_url: Some("data:image/gif;base64,R0lGODlhAQABAAAAACw=".into()),
        announcements: [].into(),
        browser: Browser::ChromeAndroid,
        sound: false,
        presses: Presses::default(),
        waiting: false,
    }
}

pub(crate) fn starting() -> Screen {
    Screen::Starting(Opening::Requested)
}

/// Framing with this hint.
pub(crate) fn hinted(hint: Hint) -> Screen {
    Screen::Framing { prompt: Prompt { hint, passed: None, shutter: true, skip: false, press: false } }
}

pub(crate) fn framing() -> Screen {
    hinted(Hint::Position)
}

pub(crate) fn submitting(phase: Phase, wait: Option<Wait>) -> Screen {
    Screen::Submitting { photo: PHOTO, phase, attempt: 1, wait }
}

pub(crate) fn failed(error: ErrorCode) -> Screen {
    let photo = error.offers(NextStep::Resubmit) || error.offers(NextStep::Retake);
    Screen::Failed { error, photo: photo.then_some(PHOTO) }
}

/// The screen for a verdict with this reason to reject, or with none.
pub(crate) fn done(reason: Option<Reason>) -> Screen {
    Screen::Done { judgement: Judgement::because(reason), flaw: None }
}

pub(crate) const MATCHED: Option<Reason> = None;
pub(crate) const NOT_MATCHED: Option<Reason> = Some(Reason::NotMatched);
pub(crate) const FRAUD: Option<Reason> = Some(Reason::Fraud);
pub(crate) const UNCLEAR: Option<Reason> = Some(Reason::Unclear);
pub(crate) const UPLOADING: Phase = Phase::Uploading { sent: 187_000, total: 312_400 };

/// Every screen.
pub(crate) fn screens() -> Vec<Screen> {
    let mut screens = vec![
        Screen::Idle,
        Screen::Consent,
        starting(),
        Screen::Starting(Opening::Slow),
        Screen::Starting(Opening::Tap),
        Screen::Starting(Opening::Paused),
        Screen::Starting(Opening::Frozen),
        Screen::Starting(Opening::Away),
        framing(),
        hinted(Hint::NoPicture),
        Screen::Framing {
            prompt: Prompt { hint: Hint::MoveLeft, passed: Some(6), shutter: false, skip: false, press: false },
        },
        Screen::Framing {
            prompt: Prompt { hint: Hint::Hold, passed: Some(9), shutter: true, skip: false, press: false },
        },
        Screen::Framing {
            prompt: Prompt { hint: Hint::TurnRight, passed: Some(8), shutter: true, skip: true, press: false },
        },
        Screen::Countdown { left: 3 },
        Screen::Grabbing,
        Screen::Review { photo: PHOTO },
        submitting(Phase::Linking, None),
        submitting(UPLOADING, None),
        submitting(UPLOADING, Some(Wait::Network)),
        submitting(UPLOADING, Some(Wait::Pause)),
        submitting(Phase::Verifying, None),
        done(MATCHED),
        done(NOT_MATCHED),
        done(FRAUD),
        done(UNCLEAR),
    ];
    screens.extend(ErrorCode::ALL.iter().copied().map(failed));
    screens
}
