//! The input of the screens ([`View`]) and their output ([`Action`]).

use std::rc::Rc;

use web_sys::{File, HtmlVideoElement};
use yew::AttrValue;

use crate::config::{Config, ConfigError};
use crate::flow::{Announcement, Event, State};
use crate::text::{Browser, Text};

use super::press::Presses;

/// The data that a screen is drawn from.
#[derive(Clone, PartialEq)]
pub struct View {
    /// The prefix of this widget's ids. See [`next_id`](super::next_id).
    pub id: Rc<str>,
    /// The state of the flow.
    pub state: State,
    /// The settings, or why they are invalid.
    pub config: Result<Config, ConfigError>,
    /// The video that shows the camera. It keeps the same place in the tree in every screen from `Starting` to
    /// `Grabbing`, because a moved node stops playing.
    pub video: Option<HtmlVideoElement>,
    /// An object URL of the photo, in the screens that have one.
    pub photo_url: Option<AttrValue>,
    /// The announcements for screen readers that are still to be read, in order. Each has a number of its own, so that
    /// the same text is announced again.
    pub announcements: Rc<[(u32, Announcement)]>,
    /// The words.
    pub text: Text,
    /// The browser, because the help for a blocked camera differs. See [`this_browser`](super::this_browser).
    pub browser: Browser,
    /// Whether the person has turned the sound on.
    pub sound: bool,
    /// Decides which presses of a button count.
    pub presses: Presses,
    /// Whether what the person or the page asked for waits until the program is whole.
    pub waiting: bool,
}

/// An action of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An event for the flow.
    Event(Event),
    /// The person turned the sound on or off.
    Sound,
    /// A file was chosen. The runner stores it and passes an event to the flow.
    Pick(File),
}
