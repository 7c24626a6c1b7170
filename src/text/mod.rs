//! What the person reads.
//!
//! A language is a [`Table`]: plain functions from message ids to words, checked for completeness by the compiler.
//! [`Text`] finds the table for the language that the page asks for, and fills numbers in.
//!
//! - `message`: the ids ([`Message`]).
//! - `browser`: which browser this is ([`Browser`]), because the way to the camera's switch differs in each.
//! - `en`: English.

mod browser;
mod en;
mod message;

pub use browser::Browser;
pub use message::Message;

use crate::flow::ErrorCode;

/// The words for one error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means and what to do, in a sentence or two.
    pub body: &'static str,
}

/// One language.
#[derive(Debug)]
pub struct Table {
    /// Its BCP 47 tag.
    pub lang: &'static str,
    /// The direction of its script: `ltr` or `rtl`.
    pub dir: &'static str,
    /// The words for a message.
    pub message: fn(Message) -> &'static str,
    /// The words for an error.
    pub error: fn(ErrorCode) -> ErrorText,
    /// How to allow the camera in this browser.
    pub allow_camera: fn(Browser) -> &'static str,
}

/// Every language; the first one stands in for all that are missing.
pub const TABLES: &[&Table] = &[&en::TABLE];

/// The language in use.
#[derive(Clone, Copy, Debug)]
pub struct Text(&'static Table);

impl Text {
    /// The table for a BCP 47 tag, by its primary language; the first table where there is none.
    #[must_use]
    pub fn for_lang(lang: Option<&str>) -> Self {
        let primary = lang.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        let found = TABLES.iter().find(|table| table.lang.eq_ignore_ascii_case(primary));
        Self(found.or(TABLES.first()).unwrap_or(&&en::TABLE))
    }

    /// The tag of the language in use, for the `lang` attribute.
    #[must_use]
    pub fn lang(self) -> &'static str {
        self.0.lang
    }

    /// The direction of the script, for the `dir` attribute.
    #[must_use]
    pub fn dir(self) -> &'static str {
        self.0.dir
    }

    /// The words for a message.
    #[must_use]
    pub fn get(self, message: Message) -> &'static str {
        (self.0.message)(message)
    }

    /// The words for a message, with `{n}` and `{m}` filled in.
    #[must_use]
    pub fn fill(self, message: Message, n: u32, m: u32) -> String {
        self.get(message).replace("{n}", &n.to_string()).replace("{m}", &m.to_string())
    }

    /// The words for an error.
    #[must_use]
    pub fn error(self, code: ErrorCode) -> ErrorText {
        (self.0.error)(code)
    }

    /// How to allow the camera in this browser.
    #[must_use]
    pub fn allow_camera(self, browser: Browser) -> &'static str {
        (self.0.allow_camera)(browser)
    }
}
