//! The context for drawing a screen ([`Scene`]): its texts, and the shared elements.

use yew::prelude::*;

use crate::flow::{Event, Photo};
use crate::text::{Message, Text};

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
    AttrValue::from([one, " ", other].concat())
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
    pub(super) fn on(&self, event: Event) -> Callback<MouseEvent> {
        let (action, presses) = (self.action.clone(), self.view.presses.clone());
        Callback::from(move |press: MouseEvent| {
            if presses.is_meant(&press) {
                action.emit(Action::Event(event.clone()));
            }
        })
    }

    /// Draws a screen. The heading names it and takes the focus; the text below describes it.
    pub(super) fn section(&self, name: &'static str, content: Html) -> Html {
        html! {
            <section key={name} class={class("screen", name)} aria-labelledby={self.title_id()}>{ content }</section>
        }
    }

    /// Draws the screen's heading, which takes the focus.
    pub(super) fn title(&self, title: &'static str) -> Html {
        self.keyed_title("title", title, true)
    }

    /// Draws the heading of screens that share a place in the tree. Another key makes another node, so that a screen
    /// reader reads it when it gets the focus.
    pub(super) fn keyed_title(&self, key: &'static str, title: &'static str, focus: bool) -> Html {
        html! {
            <h2
                key={key}
                class="title"
                part="title"
                id={self.title_id()}
                tabindex="-1"
                data-focus={focus.then_some("")}
                aria-describedby={self.body_id()}
            >
                { title }
            </h2>
        }
    }

    /// Draws the text below the heading.
    pub(super) fn body(&self, body: impl Into<Html>) -> Html {
        html! { <p class="text" part="text" id={self.body_id()}>{ body.into() }</p> }
    }

    /// Draws a button that passes an event to the flow. Draws nothing if the flow does not allow the event.
    pub(super) fn button(&self, weight: Weight, label: Message, event: Event) -> Html {
        self.button_of(weight, self.say(label).into(), event)
    }

    /// Draws the button for the page's other way. The page may put its own words into the slot.
    pub(super) fn other_way(&self, weight: Weight) -> Html {
        let label = html! { <slot name="alternative">{ self.say(Message::OtherWay) }</slot> };
        self.button_of(weight, label, Event::OtherWay)
    }

    fn button_of(&self, weight: Weight, label: Html, event: Event) -> Html {
        if !self.view.config.as_ref().is_ok_and(|config| self.view.state.allows(&event, config)) {
            return Html::default();
        }
        html! {
            <button type="button" class={weight.class()} part={weight.part()} onclick={self.on(event)}>
                { label }
            </button>
        }
    }

    /// Draws a list of short points with an icon each.
    pub(super) fn points(&self, points: &[(Icon, Message)]) -> Html {
        html! {
            <ul class="points" part="list">
                for (shape, message) in points.iter().copied() {
                    <li>{ icon(shape) }<span>{ self.say(message) }</span></li>
                }
            </ul>
        }
    }

    /// Draws a highlighted note.
    pub(super) fn note(&self, shape: Icon, note: impl Into<Html>) -> Html {
        html! { <p class="note" part="note">{ icon(shape) }<span>{ note.into() }</span></p> }
    }

    /// Draws the photo as the person saw it: mirrored if the preview was. It is not sent like that.
    pub(super) fn photo(&self, photo: Photo, look: &'static str) -> Html {
        html! {
            <img
                class={class(look, if self.view.state.framing.mirrored { "mirrored" } else { "" })}
                part="photo"
                src={self.view.photo_url.clone()}
                width={photo.width.to_string()}
                height={photo.height.to_string()}
                alt={self.say(Message::PhotoAlt)}
            />
        }
    }

    pub(super) fn title_id(&self) -> String {
        [&self.view.id, "-title"].concat()
    }

    pub(super) fn body_id(&self) -> String {
        [&self.view.id, "-text"].concat()
    }
}
