//! Everything that JavaScript sees: the exported class ([`Widget`]), which the element class in `www` calls, and the
//! events.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, Element, EventTarget, HtmlElement};
use yew::{AppHandle, Callback};

use self::emit::{dispatch, verdict};
use crate::adapter::camera::Device;
use crate::adapter::js::object;
use crate::adapter::relay::JudgedReply;
use crate::adapter::relay::session::{Session, SessionError};
use crate::adapter::vision::VisionSource;
use crate::config::Options;
use crate::flow::{Event, ScreenName};
use crate::widget::page_event::PageEvent;
use crate::widget::{AkibaSelfie, Message, Props};

pub mod emit;
mod quality;

/// One mounted widget: an opaque handle.
#[wasm_bindgen]
pub struct Widget {
    app: AppHandle<AkibaSelfie>,
    host: HtmlElement,
    vision: VisionSource,
    sound: Callback<bool>,
    verdict: Verdict,
}

/// The whole verdict, which no event has; null outside the state `done`.
type Verdict = Rc<RefCell<JsValue>>;

#[wasm_bindgen]
impl Widget {
    /// Draws a widget into `root`, an element in the host's shadow root, and sends its events from `host`.
    ///
    /// `options` has the attributes' names as keys. `session` is the property's value. `open_vision` starts the worker
    /// that analyses pictures. `sound` is called with whether the person wants sound. Nothing but the first screen works
    /// before [`whole`](Self::whole).
    #[must_use]
    pub fn mount(
        host: HtmlElement,
        root: Element,
        options: &JsValue,
        session: &JsValue,
        open_vision: Option<Function>,
        sound: Option<Function>,
    ) -> Self {
        let vision = open_vision.map_or(VisionSource::Absent, VisionSource::Opener);
        let verdict = Rc::new(RefCell::new(JsValue::NULL));
        let sound = Callback::from(move |on: bool| {
            if let Some(sound) = &sound {
                // Without sound, everything else works.
                let _ = sound.call1(&JsValue::UNDEFINED, &on.into());
            }
        });
        let props = Props { on_sound: sound.clone(), ..props(&host, options, session, vision.clone(), &verdict) };
        let app = yew::Renderer::<AkibaSelfie>::with_root_and_props(root, props).render();
        Self { app, host, vision, sound, verdict }
    }

    /// Says that the rest of the WebAssembly is there.
    pub fn whole(&self) {
        self.app.send_message(Message::Whole);
    }

    /// Changes the settings.
    pub fn update(&mut self, options: &JsValue, session: &JsValue) {
        let props = props(&self.host, options, session, self.vision.clone(), &self.verdict);
        self.app.update(Props { on_sound: self.sound.clone(), ..props });
    }

    /// Starts, if nothing has started.
    pub fn start(&self) {
        self.send(Event::Start);
    }

    /// Takes the photo, if the camera is on.
    pub fn capture(&self) {
        self.send(Event::Shutter);
    }

    /// Goes back to the camera, if the person has a button for that.
    pub fn retake(&self) {
        self.send(Event::Retake);
    }

    /// Sends the photo in the review, or again after a failure, if the person has a button for that.
    pub fn submit(&self) {
        self.send(Event::Accept);
    }

    /// Cancels: turns the camera off and drops the photo.
    pub fn cancel(&self) {
        self.send(Event::Cancel);
    }

    /// Returns to the beginning from every state.
    pub fn reset(&self) {
        self.send(Event::Reset);
    }

    /// Goes on at this device, if the person has a hand-off to a phone before them.
    pub fn here(&self) {
        self.send(Event::Retry);
    }

    /// Ends a hand-off with the verdict, as the relay returned it.
    pub fn handed(&self, reply: &JsValue) {
        if let Some(reply) = JudgedReply::read(reply, true) {
            self.app.send_message(Message::Handed(reply));
        }
    }

    /// Returns the name of the state.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn state(&self) -> String {
        self.screen().as_str().to_owned()
    }

    /// Returns the photo that the person reviews or that is being sent, if there is one.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn photo(&self) -> Option<Blob> {
        self.app.get_component()?.photo()
    }

    /// Returns the whole verdict, or null.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn verdict(&self) -> JsValue {
        self.verdict.borrow().clone()
    }

    /// Returns the cameras that the browser listed when it last opened one.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn devices(&self) -> Array {
        let devices = self.app.get_component().map(|component| component.devices()).unwrap_or_default();
        let of = |(device, active): (Device, bool)| {
            object(&[("deviceId", device.id.into()), ("label", device.label.into()), ("active", active.into())])
        };
        devices.into_iter().map(of).collect()
    }

    /// Removes the widget: camera, timers and requests end.
    pub fn unmount(self) {
        self.app.destroy();
    }
}

impl Widget {
    fn send(&self, event: Event) {
        self.app.send_message(Message::Event(event));
    }

    fn screen(&self) -> ScreenName {
        self.app.get_component().map_or(ScreenName::Idle, |component| component.state())
    }
}

fn props(host: &HtmlElement, options: &JsValue, session: &JsValue, vision: VisionSource, kept: &Verdict) -> Props {
    let target: &EventTarget = host;
    let (event_target, capture_target, kept) = (target.clone(), target.clone(), Rc::clone(kept));
    let session = Session::from_js(session);
    Props {
        options: Options { bad_session: matches!(session, Err(SessionError)), ..read(options) },
        session: session.unwrap_or_default(),
        vision,
        on_event: Callback::from(move |event: PageEvent| {
            match &event {
                PageEvent::Verified(judged, quality) | PageEvent::Rejected(judged, quality) => {
                    *kept.borrow_mut() = verdict(judged, quality);
                }
                PageEvent::StateChange { .. } => *kept.borrow_mut() = JsValue::NULL,
                _ => {}
            }
            dispatch(&event_target, &event);
        }),
        on_sound: Callback::noop(),
        may_capture: Callback::from(move |()| dispatch(&capture_target, &PageEvent::Capture)),
        in_parts: true,
    }
}

/// Reads the options from a plain object. An unreadable value counts as missing; [`Config`](crate::config::Config)
/// reports it.
fn read(options: &JsValue) -> Options {
    let get = |name: &str| Reflect::get(options, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| get(name).as_string();
    let flag = |name: &str| get(name).is_truthy();
    Options {
        relay: text("relay"),
        identifier: text("identifier"),
        customer_type: text("type"),
        words: text("words"),
        capture: text("capture"),
        countdown: flag("countdown"),
        challenge: text("challenge"),
        strict: flag("strict"),
        thresholds: thresholds(&get("thresholds")),
        camera: text("camera"),
        device_id: text("device-id"),
        no_review: flag("no-review"),
        no_consent: flag("no-consent"),
        alternative: flag("alternative"),
        no_file: flag("no-file"),
        handoff: text("handoff"),
        link_path: text("link-path"),
        verify_path: text("verify-path"),
        session: flag("session"),
        bad_session: false,
    }
}

/// Reads the numbers of a plain object. Any other value becomes NaN, which is out of every range.
fn thresholds(object: &JsValue) -> Vec<(String, f64)> {
    let Some(object) = object.dyn_ref::<Object>() else {
        let unset = object.is_undefined() || object.is_null();
        return if unset { Vec::new() } else { vec![(String::new(), f64::NAN)] };
    };
    let entry = |entry: JsValue| {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap_or_default(), entry.get(1).as_f64().unwrap_or(f64::NAN))
    };
    Object::entries(object).iter().map(entry).collect()
}
