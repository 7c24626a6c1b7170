//! The component as a Yew application uses it, in a real Chromium with a fake camera: what it draws, which events it
//! sends, and what it leaves behind.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::cell::RefCell;
use std::rc::Rc;

use akiba_selfie::flow::{ErrorCode, ScreenName};
use akiba_selfie::{AkibaSelfie, Options, PageEvent, Props, Session, VisionSource};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlVideoElement, MediaStream, MediaStreamTrack, MediaStreamTrackState};
use yew::{AppHandle, Callback};

wasm_bindgen_test_configure!(run_in_browser);

/// A mounted component with its events.
struct Widget {
    root: Element,
    app: Option<AppHandle<AkibaSelfie>>,
    told: Rc<RefCell<Vec<PageEvent>>>,
    may_capture: Rc<RefCell<bool>>,
}

fn options() -> Options {
    Options {
        relay: Some("http://127.0.0.1:9".to_owned()),
        identifier: Some("0000000000001".to_owned()),
        capture: Some("manual".to_owned()),
        ..Options::default()
    }
}

impl Widget {
    fn mount(options: Options) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let root = document.create_element("div").unwrap();
        document.body().unwrap().append_child(&root).unwrap();
        let told = Rc::<RefCell<Vec<PageEvent>>>::default();
        let may_capture = Rc::new(RefCell::new(true));
        let props = Self::props(options, &told, &may_capture);
        let app = yew::Renderer::<AkibaSelfie>::with_root_and_props(root.clone(), props).render();
        Self { root, app: Some(app), told, may_capture }
    }

    fn props(options: Options, told: &Rc<RefCell<Vec<PageEvent>>>, may_capture: &Rc<RefCell<bool>>) -> Props {
        let (told, may_capture) = (Rc::clone(told), Rc::clone(may_capture));
        Props {
            options,
            session: Session::None,
            vision: VisionSource::Absent,
            on_event: Callback::from(move |event| told.borrow_mut().push(event)),
            on_sound: Callback::noop(),
            may_capture: Callback::from(move |()| *may_capture.borrow()),
            in_parts: false,
        }
    }

    fn set(&mut self, options: Options) {
        let props = Self::props(options, &self.told, &self.may_capture);
        self.app.as_mut().unwrap().update(props);
    }

    /// Its state; `None` until it is drawn.
    fn state(&self) -> Option<ScreenName> {
        Some(self.app.as_ref().unwrap().get_component()?.state())
    }

    async fn reaches(&self, wanted: ScreenName) {
        for _ in 0..400 {
            if self.state() == Some(wanted) {
                // Drawn, and its events sent.
                TimeoutFuture::new(50).await;
                return;
            }
            TimeoutFuture::new(25).await;
        }
        panic!("expected {wanted:?}, got {:?}", self.state());
    }

    /// Clicks the screen's main button, or the shutter.
    fn press(&self) {
        let button = self.root.query_selector("[part~=primary-button], [part~=shutter]").unwrap();
        button.expect("a main button").unchecked_into::<HtmlElement>().click();
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        let video: HtmlVideoElement = self.root.query_selector("video").unwrap()?.unchecked_into();
        let stream: MediaStream = video.src_object()?;
        Some(stream.get_video_tracks().get(0).unchecked_into())
    }

    fn states_told(&self) -> Vec<ScreenName> {
        let told = self.told.borrow();
        let state = |event: &PageEvent| match event {
            PageEvent::StateChange { state, .. } => Some(*state),
            _ => None,
        };
        told.iter().filter_map(state).collect()
    }

    async fn unmount(mut self) {
        self.app.take().unwrap().destroy();
        self.root.remove();
        // Yew unmounts in a task of its own.
        TimeoutFuture::new(20).await;
    }
}

#[wasm_bindgen_test]
async fn announcements_are_cleared_after_a_second_and_with_the_screen() {
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    let said = || widget.root.query_selector("[aria-live=polite]").unwrap().unwrap().text_content().unwrap();
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    assert!(said().contains("The camera is on"), "{}", said());
    TimeoutFuture::new(1_300).await;
    assert_eq!(said(), "");
    let close: HtmlElement = widget.root.query_selector("[part~=close-button]").unwrap().unwrap().unchecked_into();
    close.click();
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    let close: HtmlElement = widget.root.query_selector("[part~=close-button]").unwrap().unwrap().unchecked_into();
    close.click();
    widget.reaches(ScreenName::Idle).await;
    assert_eq!(said(), "", "the camera is off");
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn three_clicks_lead_from_start_to_a_sent_photo() {
    let widget = Widget::mount(options());
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Consent).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    let track = widget.track().unwrap();
    assert_eq!(track.ready_state(), MediaStreamTrackState::Live);
    widget.press();
    widget.reaches(ScreenName::Review).await;
    assert_eq!(track.ready_state(), MediaStreamTrackState::Ended, "the camera is off during review");
    widget.press();
    widget.reaches(ScreenName::Submitting).await;
    use ScreenName::{Consent, Framing, Grabbing, Review, Starting, Submitting};
    assert_eq!(widget.states_told(), [Consent, Starting, Framing, Grabbing, Review, Submitting]);
    let told = widget.told.borrow();
    let captured = told.iter().find_map(|event| match event {
        PageEvent::Captured(captured) => Some(captured.clone()),
        _ => None,
    });
    drop(told);
    let captured = captured.expect("selfie-captured");
    assert_eq!(captured.blob.type_(), "image/jpeg");
    assert!(captured.width >= 320 && captured.blob.size() > 1_000.0);
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn removing_the_widget_while_framing_turns_the_camera_off() {
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    let track = widget.track().unwrap();
    widget.unmount().await;
    assert_eq!(track.ready_state(), MediaStreamTrackState::Ended);
}

#[wasm_bindgen_test]
async fn the_page_may_refuse_a_photo() {
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    *widget.may_capture.borrow_mut() = false;
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    widget.press();
    TimeoutFuture::new(300).await;
    assert_eq!(widget.state(), Some(ScreenName::Framing));
    assert!(!widget.told.borrow().iter().any(|event| matches!(event, PageEvent::Captured(_))));
    *widget.may_capture.borrow_mut() = true;
    widget.press();
    widget.reaches(ScreenName::Review).await;
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn invalid_settings_are_reported_once_and_valid_ones_recover() {
    let mut widget = Widget::mount(Options { relay: None, ..options() });
    widget.reaches(ScreenName::Failed).await;
    let causes: Vec<_> = widget
        .told
        .borrow()
        .iter()
        .filter_map(|event| match event {
            PageEvent::Error { code: ErrorCode::Config, cause, .. } => cause.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(causes.len(), 1);
    assert!(causes[0].contains("`relay`"), "{}", causes[0]);
    assert!(widget.root.text_content().unwrap().contains("relay"), "the page shows it to the developer");
    widget.set(options());
    widget.reaches(ScreenName::Idle).await;
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn changing_the_customer_resets_and_changing_the_language_does_not() {
    let mut widget = Widget::mount(Options { no_consent: true, ..options() });
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    let track = widget.track().unwrap();
    widget.set(Options { no_consent: true, words: Some("sw".to_owned()), ..options() });
    TimeoutFuture::new(200).await;
    assert_eq!((widget.state(), track.ready_state()), (Some(ScreenName::Framing), MediaStreamTrackState::Live));
    widget.set(Options { no_consent: true, identifier: Some("0000000000002".to_owned()), ..options() });
    widget.reaches(ScreenName::Idle).await;
    assert_eq!(track.ready_state(), MediaStreamTrackState::Ended);
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn the_focus_follows_the_person_and_leaves_others_alone() {
    let document = web_sys::window().unwrap().document().unwrap();
    let field: HtmlElement = document.create_element("input").unwrap().unchecked_into();
    document.body().unwrap().append_child(&field).unwrap();
    let widget = Widget::mount(options());
    widget.reaches(ScreenName::Idle).await;
    assert!(document.active_element().is_none_or(|element| !widget.root.contains(Some(&element))), "not on load");
    widget.press();
    widget.reaches(ScreenName::Consent).await;
    assert!(document.active_element().is_some_and(|element| widget.root.contains(Some(&element))));
    widget.press();
    widget.reaches(ScreenName::Starting).await;
    field.focus().unwrap();
    widget.reaches(ScreenName::Framing).await;
    assert_eq!(document.active_element().as_ref(), Some(field.as_ref()), "typing elsewhere is not disturbed");
    widget.unmount().await;
    field.remove();
}

#[wasm_bindgen_test]
async fn a_camera_that_may_not_play_is_frozen_until_it_may() {
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    let video: HtmlVideoElement = widget.root.query_selector("video").unwrap().unwrap().unchecked_into();
    let refuse = js_sys::Function::new_no_args("return Promise.reject(new DOMException('', 'NotAllowedError'))");
    js_sys::Reflect::set(&video, &"play".into(), &refuse).unwrap();
    video.pause().unwrap();
    widget.reaches(ScreenName::Starting).await;
    assert!(widget.root.text_content().unwrap().contains("Your camera has stopped for now"));
    js_sys::Reflect::delete_property(&video, &"play".into()).unwrap();
    widget.reaches(ScreenName::Framing).await;
    assert!(!video.paused());
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn a_page_that_was_left_shows_no_photo() {
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    widget.press();
    widget.reaches(ScreenName::Review).await;
    assert!(widget.root.query_selector("img").unwrap().is_some());
    web_sys::window().unwrap().dispatch_event(&web_sys::Event::new("pagehide").unwrap()).unwrap();
    widget.reaches(ScreenName::Idle).await;
    assert!(widget.root.query_selector("img").unwrap().is_none());
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn settings_that_are_invalid_for_a_moment_cost_nothing() {
    let mut widget = Widget::mount(Options { identifier: None, ..options() });
    TimeoutFuture::new(20).await;
    widget.set(Options { no_consent: true, ..options() });
    TimeoutFuture::new(200).await;
    assert_eq!(widget.state(), Some(ScreenName::Idle));
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    widget.press();
    widget.reaches(ScreenName::Review).await;
    widget.set(Options { no_consent: true, challenge: Some("jump".to_owned()), ..options() });
    TimeoutFuture::new(20).await;
    widget.set(Options { no_consent: true, ..options() });
    TimeoutFuture::new(200).await;
    assert_eq!(widget.state(), Some(ScreenName::Review), "the photo is kept");
    assert!(!widget.told.borrow().iter().any(|event| matches!(event, PageEvent::Error { .. })));
    widget.set(Options { relay: None, ..options() });
    widget.reaches(ScreenName::Failed).await;
    widget.unmount().await;
}

#[wasm_bindgen_test]
async fn the_browser_asks_before_a_submission_is_left() {
    let may_leave = || {
        let init = web_sys::EventInit::new();
        init.set_cancelable(true);
        let event = web_sys::Event::new_with_event_init_dict("beforeunload", &init).unwrap();
        web_sys::window().unwrap().dispatch_event(&event).unwrap()
    };
    let widget = Widget::mount(Options { no_consent: true, ..options() });
    widget.reaches(ScreenName::Idle).await;
    widget.press();
    widget.reaches(ScreenName::Framing).await;
    widget.press();
    widget.reaches(ScreenName::Review).await;
    assert!(may_leave());
    widget.press();
    widget.reaches(ScreenName::Submitting).await;
    assert!(!may_leave());
    widget.unmount().await;
    assert!(may_leave());
}
