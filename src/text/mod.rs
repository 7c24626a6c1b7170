//! The words that the person reads.
//!
//! A [`Language`] consists of plain functions from message ids to text, so that the compiler checks its completeness.
//! [`Text`] finds the language that the page requests, and fills in numbers.
//!
//! - `languages`: the list of the languages ([`LANGUAGES`]), and how to add one.
//! - `message`: the ids ([`Message`]).
//! - `language`: the form of one language ([`Language`], [`ErrorText`]).
//! - `browser`: detects the browser ([`Browser`]), because each has its own camera permission.
//! - `en`: English.

mod browser;
mod en;
mod language;
mod languages;
mod message;

pub use browser::Browser;
pub use language::{ErrorText, Language};
pub use languages::LANGUAGES;
pub use message::Message;

use crate::flow::ErrorCode;

/// The version of the words on the consent screen. A test asks for a new one when they change.
pub const CONSENT_VERSION: &str = "1";

/// The current language.
#[derive(Clone, Copy, Debug)]
pub struct Text(&'static Language);

impl Text {
    /// Finds a language by the primary part of a BCP 47 tag. Returns the first language if none matches.
    #[must_use]
    pub fn for_lang(lang: Option<&str>) -> Self {
        let primary = lang.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        let found = LANGUAGES.iter().find(|language| language.lang.eq_ignore_ascii_case(primary));
        Self(found.or(LANGUAGES.first()).unwrap_or(&&en::ENGLISH))
    }

    /// Returns the tag of the language, for the `lang` attribute.
    #[must_use]
    pub fn lang(self) -> &'static str {
        self.0.lang
    }

    /// Returns the direction of the script, for the `dir` attribute.
    #[must_use]
    pub fn dir(self) -> &'static str {
        self.0.dir
    }

    /// Returns the text of a message.
    #[must_use]
    pub fn get(self, message: Message) -> &'static str {
        (self.0.message)(message)
    }

    /// Returns the text of a message, with `{n}` and `{m}` filled in.
    #[must_use]
    pub fn fill(self, message: Message, n: u32, m: u32) -> String {
        let mut parts = self.get(message).split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, rest) = match part.strip_prefix("n}") {
                Some(rest) => (n, rest),
                None => (m, part.strip_prefix("m}").unwrap_or(part)),
            };
            filled += &number.to_string();
            filled += rest;
        }
        filled
    }

    /// Returns the texts for an error.
    #[must_use]
    pub fn error(self, code: ErrorCode) -> ErrorText {
        (self.0.error)(code)
    }

    /// Returns how to allow the camera in this browser.
    #[must_use]
    pub fn allow_camera(self, browser: Browser) -> &'static str {
        (self.0.allow_camera)(browser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_filled_in() {
        assert_eq!(Text::for_lang(None).fill(Message::Bytes, 12, 310), "12 of 310 kB");
    }

    #[test]
    fn a_language_is_found_by_its_primary_tag_with_english_as_the_default() {
        for (tag, lang) in
            [(None, "en"), (Some("en"), "en"), (Some("EN-za"), "en"), (Some("tlh"), "en"), (Some(""), "en")]
        {
            assert_eq!(Text::for_lang(tag).lang(), lang, "{tag:?}");
        }
    }
}
