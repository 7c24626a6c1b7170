//! The Yew component ([`AkibaSelfie`]): holds the flow's state, passes it every event, and runs the effects.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::{Blob, Element};
use yew::prelude::*;

use self::announcements::Announcements;
use self::page_event::PageEvent;
use self::runner::{Callbacks, Context as RunContext, Runner};
use crate::adapter::camera::Device;
use crate::adapter::page::{self, focus, stylesheet};
use crate::adapter::relay::JudgedReply;
use crate::adapter::relay::session::Session;
use crate::adapter::vision::VisionSource;
use crate::config::{Config, ConfigError, Options};
use crate::flow::{Effect, Event, Screen, ScreenName, State, step};
use crate::text::{Browser, Text};
use crate::ui::{self, Action, Presses, View};

mod announcements;
pub mod page_event;
mod resources;
mod runner;

/// The settings of [`AkibaSelfie`].
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The element's attributes.
    pub options: Options,
    /// Authorises the page at the relay.
    #[prop_or_default]
    pub session: Session,
    /// The source of the worker that analyses pictures. Without it, the person gets no guidance.
    #[prop_or_default]
    pub vision: VisionSource,
    /// Receives all events in order.
    #[prop_or_default]
    pub on_event: Callback<PageEvent>,
    /// Called with true when the person turns the sound on, and with false when they turn it off.
    #[prop_or_default]
    pub on_sound: Callback<bool>,
    /// Called before each photo; false refuses the photo.
    #[prop_or_else(|| Callback::from(|()| true))]
    pub may_capture: Callback<(), bool>,
    /// Whether the part of the program behind the first screen is still to come. Until [`Message::Whole`], every message waits.
    #[prop_or_default]
    pub in_parts: bool,
}

/// The component's messages.
pub enum Message {
    /// An event of the person, the browser or the page.
    Event(Event),
    /// An action of the person on a screen.
    Action(Action),
    /// The announcements were read.
    Silence,
    /// The relay's verdict on a selfie that was taken on a phone.
    Handed(JudgedReply),
    /// Invalid settings were not corrected for a while.
    Fault,
    /// The part of the program behind the first screen is there.
    Whole,
}

/// The selfie widget as a Yew component.
pub struct AkibaSelfie {
    root: NodeRef,
    id: Rc<str>,
    state: State,
    /// The settings in force. Invalid settings come into force only after [`FAULT_MS`].
    config: Result<Config, ConfigError>,
    /// The session in force.
    session: Session,
    /// Invalid settings that are not in force yet.
    fault: Option<Timeout>,
    runner: Runner,
    announcements: Announcements,
    focus: Option<focus::FocusReason>,
    silence: Callback<()>,
    browser: Browser,
    presses: Presses,
    sound: bool,
    page_callbacks: Rc<RefCell<PageCallbacks>>,
    /// What came before the program was whole; `None` since then.
    held: Option<Vec<Message>>,
}

impl Component for AkibaSelfie {
    type Message = Message;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let config = config_of(ctx.props());
        let fault = config.is_err().then(|| report_later(ctx));
        let page_callbacks = Rc::new(RefCell::new(PageCallbacks::of(ctx.props())));
        Self {
            root: NodeRef::default(),
            id: ui::next_id(),
            state: State::default(),
            config,
            session: ctx.props().session.clone(),
            fault,
            runner: Runner::new(callbacks(ctx, &page_callbacks)),
            announcements: Announcements::default(),
            focus: None,
            silence: ctx.link().callback(|()| Message::Silence),
            browser: ui::this_browser(),
            presses: Presses::default(),
            sound: false,
            page_callbacks,
            held: ctx.props().in_parts.then(Vec::new),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match (&mut self.held, message) {
            (_, Message::Whole) => {
                for held in self.held.take().unwrap_or_default() {
                    ctx.link().send_message(held);
                }
                true
            }
            (Some(held), message) => {
                held.push(message);
                true
            }
            (None, message) => self.receive(ctx, message),
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        *self.page_callbacks.borrow_mut() = PageCallbacks::of(props);
        if props.options == old.options && props.session == old.session {
            return true;
        }
        let config = match config_of(props) {
            Ok(config) => config,
            Err(_) => {
                self.fault = Some(report_later(ctx));
                return true;
            }
        };
        self.fault = None;
        let customer = self.config.as_ref().map_or(true, |before| {
            // If only the session knows the customer, another session may mean another customer.
            let session = config.identifier.is_none() && props.session.is_other_token(&self.session);
            session || !before.same_customer(&config)
        });
        let camera = self.config.as_ref().is_ok_and(|before| !before.same_camera(&config));
        self.config = Ok(config);
        self.session = props.session.clone();
        let changed = Event::ConfigChanged { customer, camera };
        match &mut self.held {
            Some(held) => held.push(Message::Event(changed)),
            None => _ = self.advance(props, changed),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let view = View {
            id: Rc::clone(&self.id),
            state: self.state.clone(),
            // Until a fault is reported, the first screen is shown.
            config: if self.fault.is_some() {
                self.config.clone().or(Ok(Config::refused()))
            } else {
                self.config.clone()
            },
            video: self.runner.video(),
            photo_url: self.state.screen.photo().and_then(|photo| self.runner.photo_url(photo.id)).map(AttrValue::from),
            announcements: self.announcements.to_read(),
            text: text_of(ctx.props()),
            browser: self.browser,
            sound: self.sound,
            presses: self.presses.clone(),
            waiting: self
                .held
                .iter()
                .flatten()
                .any(|held| matches!(held, Message::Action(_) | Message::Event(Event::Start))),
        };
        let action = ctx.link().callback(Message::Action);
        html! { <div ref={self.root.clone()}>{ ui::draw(&view, &action) }</div> }
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        self.presses.drawn(self.state(), page::now());
        let Some(root) = self.root.cast::<Element>() else { return };
        if first {
            stylesheet::adopt(&root, ui::SHORT_STYLE);
        }
        if let Some(reason) = self.focus.take() {
            focus::move_to_heading(&root, reason);
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        // Ends everything: the next state needs nothing. Before the first message there is nothing to end.
        if self.held.is_none() {
            self.advance(ctx.props(), Event::Disconnected);
        }
    }
}

/// Checks the settings. A Yew application may give the session alone, without its option.
fn config_of(props: &Props) -> Result<Config, ConfigError> {
    let mut options = props.options.clone();
    options.session |= props.session != Session::None;
    Config::from_options(&options, &page::url())
}

fn text_of(props: &Props) -> Text {
    Text::of(props.options.words.as_deref().unwrap_or_default())
}

impl AkibaSelfie {
    /// Returns the name of the current screen.
    #[must_use]
    pub fn state(&self) -> ScreenName {
        self.state.screen.name()
    }

    /// Returns the photo that the person reviews or that is being sent; `None` in all other states.
    #[must_use]
    pub fn photo(&self) -> Option<Blob> {
        self.runner.photo(self.state.screen.photo()?.id)
    }

    /// Returns the cameras that the browser listed when it last opened one, each with whether it is open.
    #[must_use]
    pub fn devices(&self) -> Vec<(Device, bool)> {
        self.runner.devices()
    }

    /// Handles a message. It is behind the first screen (`scripts/shrink.mjs`), as all that it calls.
    #[inline(never)]
    fn receive(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let event = match message {
            Message::Silence => {
                self.announcements.clear();
                return true;
            }
            Message::Action(Action::Sound) => {
                self.sound = !self.sound;
                ctx.props().on_sound.emit(self.sound);
                return true;
            }
            Message::Event(event) | Message::Action(Action::Event(event)) => event,
            Message::Action(Action::Pick(file)) => Event::FilePicked(self.runner.keep_file(file)),
            Message::Handed(reply) => match self.state.verify() {
                Some(generation) if self.state.screen == Screen::Handoff => self.runner.judged(generation, reply),
                _ => return false,
            },
            Message::Fault => {
                self.fault = None;
                let now = config_of(ctx.props());
                // Yew handles properties first, so the settings may have been corrected since the message.
                if now.is_ok() {
                    return false;
                }
                self.config = now;
                Event::ConfigRefused
            }
            // It was handled before.
            Message::Whole => return false,
        };
        if self.config.is_err() && event.by_person_or_page() {
            return false;
        }
        self.advance(ctx.props(), event)
    }

    /// Runs one step of the flow and its effects. Returns whether to redraw.
    #[inline(never)]
    fn advance(&mut self, props: &Props, event: Event) -> bool {
        let invalid_settings = self.config.as_ref().err().map(ToString::to_string);
        let fallback;
        let config = match &self.config {
            Ok(config) => config,
            Err(_) => {
                fallback = Config::refused();
                &fallback
            }
        };
        let asked = event.by_person_or_page();
        let mut before = self.state.clone();
        let announced = self.announcements.to_read();
        let (state, effects) = step(std::mem::take(&mut self.state), event, config);
        self.state = state;
        let context = RunContext {
            config,
            session: &self.session,
            vision: &props.vision,
            text: text_of(props),
            invalid_settings: invalid_settings.as_deref(),
        };
        if self.state.screen.name() != before.screen.name() {
            self.announcements.clear();
            if let Some(root) = self.root.cast::<Element>() {
                page::hold(&root);
            }
        }
        for effect in effects {
            match effect {
                Effect::Announce(announcement) => {
                    let link = self.silence.clone();
                    self.announcements.add(announcement, move || link.emit(()));
                }
                Effect::Focus => {
                    self.focus = Some(if asked { focus::FocusReason::Requested } else { focus::FocusReason::Follow })
                }
                other => self.runner.run(other, context),
            }
        }
        self.runner.retain(&self.state);
        // An analysed frame alone changes nothing visible: it is drawn through the screen that it leads to.
        before.framing = self.state.framing;
        before != self.state || announced != self.announcements.to_read()
    }
}

/// How long invalid settings may stay unreported, in milliseconds. Frameworks set properties one task after the
/// attributes, and one attribute after the other: the error would flash, and a photo would be lost.
const FAULT_MS: u32 = 100;

fn report_later(ctx: &Context<AkibaSelfie>) -> Timeout {
    let link = ctx.link().clone();
    Timeout::new(FAULT_MS, move || link.send_message(Message::Fault))
}

/// The page's current callbacks: the page may change them while the widget runs.
#[derive(Clone)]
struct PageCallbacks {
    on_event: Callback<PageEvent>,
    may_capture: Callback<(), bool>,
}

impl PageCallbacks {
    fn of(props: &Props) -> Self {
        Self { on_event: props.on_event.clone(), may_capture: props.may_capture.clone() }
    }
}

fn callbacks(ctx: &Context<AkibaSelfie>, page_callbacks: &Rc<RefCell<PageCallbacks>>) -> Callbacks {
    // A callback is cloned before it is called, because it may change the props.
    let (tell, ask) = (Rc::clone(page_callbacks), Rc::clone(page_callbacks));
    Callbacks {
        send: ctx.link().callback(Message::Event),
        tell: Callback::from(move |event| {
            let on_event = tell.borrow().on_event.clone();
            on_event.emit(event);
        }),
        may_capture: Callback::from(move |()| {
            let may_capture = ask.borrow().may_capture.clone();
            may_capture.emit(())
        }),
    }
}
