//! The context for drawing a screen ([`Scene`]): its texts, and the shared elements.

use std::rc::Rc;

use yew::{AttrValue, Callback, Html};

use crate::flow::{ErrorCode, Event, Photo};
use crate::text::{Message, Text};

use super::element::{Element, Kind, element, text, when};
use super::icon::{Icon, icon};
use super::view::{Action, View};

/// One drawing of the widget.
pub(super) struct Scene<'a> {
    /// The data to draw.
    pub(super) view: &'a View,
    /// Receives the person's actions.
    pub(super) action: &'a Callback<Action>,
    /// The language.
    pub(super) text: Text,
}

/// The visual weight of a button.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The main next step.
    Primary,
    /// Another useful step.
    Secondary,
    /// A way out.
    Quiet,
}

impl Weight {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Secondary => "button secondary",
            Self::Quiet => "button quiet",
        }
    }

    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Primary => "button primary-button",
            Self::Secondary => "button secondary-button",
            Self::Quiet => "button quiet-button",
        }
    }
}

/// Joins two classes for one attribute.
pub(super) fn class(one: &str, other: &str) -> AttrValue {
    AttrValue::from(Rc::<str>::from([one, " ", other].concat().trim()))
}

impl Scene<'_> {
    /// Returns the text of a message.
    pub(super) fn say(&self, message: Message) -> &'static str {
        self.text.get(message)
    }

    /// Whether the person may choose a file.
    pub(super) fn takes_files(&self) -> bool {
        self.view.config.as_ref().is_ok_and(|config| config.files)
    }

    /// Returns a callback that passes an event to the flow, if the person meant it.
    pub(super) fn on(&self, event: Event) -> Callback<web_sys::Event> {
        let (action, presses) = (self.action.clone(), self.view.presses.clone());
        Callback::from(move |press: web_sys::Event| {
            if presses.is_meant(&press) {
                action.emit(Action::Event(event.clone()));
            }
        })
    }

    /// Begins a screen. The heading names it and takes the focus; the text below describes it.
    pub(super) fn section(&self, name: &'static str) -> Element {
        let section = element("section", &[]).key(name);
        section.set("class", class("screen", name)).set("aria-labelledby", self.id("-title"))
    }

    /// Draws the screen's heading, which takes the focus.
    pub(super) fn title(&self, title: &'static str) -> Html {
        self.keyed_title("title", title, true)
    }

    /// Draws the heading of screens that share a place in the tree. Another key makes another node, so that a screen
    /// reader reads it when it gets the focus. The help of a failure describes it too.
    pub(super) fn keyed_title(&self, key: &'static str, title: &'static str, focus: bool) -> Html {
        element("h2", &[("class", "title"), ("part", "title"), ("tabindex", "-1")])
            .key(key)
            .set("id", self.id("-title"))
            .maybe("data-focus", focus.then_some(""))
            .set("aria-describedby", self.id(&["-text ", &self.view.id, "-help"].concat()))
            .say(title)
            .into()
    }

    /// Draws the text below the heading.
    pub(super) fn body(&self, body: impl Into<AttrValue>) -> Html {
        element("p", &[("class", "text"), ("part", "text")]).set("id", self.body_id()).child(text(body)).into()
    }

    /// Draws more text.
    pub(super) fn paragraph(&self, message: Message) -> Element {
        element("p", &[("class", "text")]).say(self.say(message))
    }

    /// Draws the code of a failure, which helps the page's developer.
    pub(super) fn code(&self, error: ErrorCode) -> Element {
        element("p", &[("class", "small code"), ("part", "error-code")])
            .say(self.say(Message::CodeLabel))
            .say(" ")
            .child(element("code", &[]).say(error.as_str()))
    }

    /// Draws a button that passes an event to the flow. Draws nothing if the flow does not allow the event.
    pub(super) fn button(&self, weight: Weight, label: Message, event: Event) -> Html {
        self.button_of(weight, text(self.say(label)), event)
    }

    /// Draws the button for the page's other way. The page may put its own words into the slot.
    pub(super) fn other_way(&self, weight: Weight) -> Html {
        let label = element("slot", &[("name", "alternative")]).say(self.say(Message::OtherWay));
        self.button_of(weight, label.into(), Event::OtherWay)
    }

    fn button_of(&self, weight: Weight, label: Html, event: Event) -> Html {
        let allowed = self.view.config.as_ref().is_ok_and(|config| self.view.state.allows(&event, config));
        when(allowed, || {
            element("button", &[("type", "button")])
                .set("class", weight.class())
                .set("part", weight.part())
                .on(Kind::CLICK, self.on(event))
                .child(label)
        })
    }

    /// Draws a list of short points with an icon each.
    pub(super) fn points(&self, points: &[(Icon, Message)]) -> Html {
        let mut list = element("ul", &[("class", "points"), ("part", "list")]);
        for (shape, message) in points.iter().copied() {
            list = list.child(self.point(element("li", &[]), shape, self.say(message)));
        }
        list.into()
    }

    /// Draws a highlighted note.
    pub(super) fn note(&self, shape: Icon, note: impl Into<AttrValue>) -> Html {
        self.point(element("p", &[("class", "note"), ("part", "note")]), shape, note).into()
    }

    fn point(&self, parent: Element, shape: Icon, words: impl Into<AttrValue>) -> Element {
        parent.child(icon(shape)).child(element("span", &[]).child(text(words)))
    }

    /// Draws the photo as the person saw it: mirrored if the preview was. It is not sent like that.
    pub(super) fn photo(&self, photo: Photo, look: &'static str) -> Html {
        let picture = element("img", &[("part", "photo")])
            .set("class", class(look, if self.view.state.framing.mirrored { "mirrored" } else { "" }))
            .set("width", photo.width.to_string())
            .set("height", photo.height.to_string())
            .set("alt", self.say(Message::PhotoAlt));
        match self.view.photo_url.clone() {
            Some(url) => picture.set("src", url).into(),
            None => picture.into(),
        }
    }

    /// Returns an id of this widget.
    pub(super) fn id(&self, end: &str) -> AttrValue {
        AttrValue::from([&self.view.id, end].concat())
    }

    pub(super) fn body_id(&self) -> AttrValue {
        self.id("-text")
    }
}
