//! The form of one language ([`Language`]). To add a language, see [`languages`](super::languages).

use crate::flow::ErrorCode;

use super::browser::Browser;
use super::message::Message;

/// The texts for one error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means and what to do, in one or two sentences.
    pub body: &'static str,
}

/// One language.
#[derive(Debug)]
pub struct Language {
    /// Its BCP 47 tag.
    pub lang: &'static str,
    /// The direction of its script: `ltr` or `rtl`.
    pub dir: &'static str,
    /// Returns the text of a message.
    pub message: fn(Message) -> &'static str,
    /// Returns the texts for an error.
    pub error: fn(ErrorCode) -> ErrorText,
    /// Returns how to allow the camera in this browser.
    pub allow_camera: fn(Browser) -> &'static str,
}
