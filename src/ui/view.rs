//! What the screens are drawn from ([`View`]), and what comes out of them ([`Action`]).

use web_sys::{File, HtmlVideoElement};
use yew::AttrValue;

use crate::config::{Config, ConfigError};
use crate::flow::{Announcement, Event, State};
use crate::text::Browser;

/// All that a screen is drawn from.
#[derive(Clone, PartialEq)]
pub struct View {
    /// Where the flow stands.
    pub state: State,
    /// The settings, or why they can't be used.
    pub config: Result<Config, ConfigError>,
    /// The camera's picture, shown in every screen from `Starting` to `Grabbing` in one and the same place of the tree
    /// (a node that is moved stops playing).
    pub video: Option<HtmlVideoElement>,
    /// An object URL of the photo, in the screens that have one.
    pub photo_url: Option<AttrValue>,
    /// What a screen reader is told now; the number changes with every announcement, so that the same words are said
    /// again.
    pub announcement: Option<(u32, Announcement)>,
    /// Which browser this is: the help with a blocked camera differs in each. See [`this_browser`](super::this_browser).
    pub browser: Browser,
}

/// What the person does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Something that the flow knows.
    Event(Event),
    /// A file was chosen. The runner keeps it and tells the flow.
    Pick(File),
}
