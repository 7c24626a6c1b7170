//! The words that the person reads.
//!
//! A [`Language`] consists of plain functions from message ids to text, so that the compiler checks its completeness.
//! [`Text`] finds the language that the page requests, and fills in numbers.
//!
//! To add a language, write a module like `en` and add it to [`LANGUAGES`]; its tests say which texts are missing or
//! too long.
//!
//! - `message`: the ids ([`Message`]).
//! - `language`: the texts of one language ([`Language`], [`ErrorText`]).
//! - `browser`: detects the browser ([`Browser`]), because each has its own camera permission.
//! - `en`: English.

mod browser;
mod en;
mod language;
mod message;

pub use browser::Browser;
pub use language::{ErrorText, Language};
pub use message::Message;

use crate::flow::ErrorCode;

/// Every language. The first one replaces all that are missing.
pub const LANGUAGES: &[&Language] = &[&en::ENGLISH];

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
        self.get(message).replace("{n}", &n.to_string()).replace("{m}", &m.to_string())
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

    /// Returns the most characters that fit: a button on one line of 320 px or two, a heading on two, a hint on three
    /// over the picture.
    fn room(message: Message) -> usize {
        use Message as M;
        match message {
            M::ChoosePhoto | M::SwitchCamera | M::SkipChallenge | M::UseAnyway => 22,
            M::Retake => 14,
            M::UsePhoto => 22,
            M::Start
            | M::Agree
            | M::NotNow
            | M::TryAgain
            | M::RetryCamera
            | M::UseCamera
            | M::CameraApp
            | M::ChooseAnother
            | M::TakeAnother
            | M::SendAgain
            | M::TryNow
            | M::Cancel
            | M::Close
            | M::TapToStart => 32,
            M::StartingTitle | M::FramingTitle | M::CountdownTitle | M::GrabbingTitle | M::ReadingTitle => 28,
            M::IdleTitle
            | M::ConsentTitle
            | M::ReviewTitle
            | M::ReviewFlawTitle
            | M::ReviewRefusedTitle
            | M::SubmittingTitle
            | M::VerifiedTitle
            | M::RejectedTitle
            | M::ConfigTitle => 36,
            M::StepUpload | M::Bytes => 18,
            M::StepLink | M::StepVerify | M::CheckFace | M::CheckSharp | M::CheckClear => 36,
            M::TipLight | M::TipFace | M::TipHold => 44,
            M::HintPosition
            | M::HintByHand
            | M::HintNoPicture
            | M::CountdownHint
            | M::HintNoFace
            | M::HintSeveralFaces
            | M::HintTooDark
            | M::HintTooBright
            | M::HintComeCloser
            | M::HintMoveBack
            | M::HintMoveLeft
            | M::HintMoveRight
            | M::HintMoveUp
            | M::HintMoveDown
            | M::HintStraighten
            | M::HintLookStraight
            | M::HintSideLight
            | M::HintHoldStill
            | M::HintBlurred
            | M::HintHold
            | M::HintTurnLeft
            | M::HintTurnRight
            | M::HintLeanIn
            | M::HintFaceForward => 56,
            M::FlawNoFace
            | M::FlawSeveralFaces
            | M::FlawTooDark
            | M::FlawTooBright
            | M::FlawTooSmall
            | M::FlawTurned
            | M::FlawLeaning
            | M::FlawSideLight
            | M::FlawBlurred => 64,
            _ => 120,
        }
    }

    fn has_lone_space(text: &str) -> bool {
        text.trim() != text || text.contains("  ")
    }

    #[test]
    fn every_message_has_words_that_fit() {
        for language in LANGUAGES {
            for message in Message::ALL {
                let words = (language.message)(*message);
                assert!(!words.is_empty() && !has_lone_space(words), "{} {message:?}", language.lang);
                assert!(words.chars().count() <= room(*message), "{} {message:?}: {words}", language.lang);
            }
        }
    }

    #[test]
    fn every_error_has_words_that_fit() {
        for language in LANGUAGES {
            for code in ErrorCode::ALL {
                let ErrorText { title, body } = (language.error)(*code);
                assert!(!title.is_empty() && title.chars().count() <= 36, "{} {title}", language.lang);
                assert!(!body.is_empty() && body.chars().count() <= 110, "{} {body}", language.lang);
                assert!(!title.ends_with('.') && body.ends_with(['.', ':']), "{} {title} {body}", language.lang);
            }
            for browser in Browser::ALL {
                let help = (language.allow_camera)(browser);
                assert!(!help.is_empty() && help.chars().count() <= 130, "{} {help}", language.lang);
            }
        }
    }

    #[test]
    fn only_messages_with_numbers_have_placeholders() {
        for language in LANGUAGES {
            for message in Message::ALL {
                let words = (language.message)(*message);
                let (n, m) = match message {
                    Message::Bytes | Message::WaitPause => (1, 1),
                    Message::SayPercent => (1, 0),
                    _ => (0, 0),
                };
                assert_eq!(words.matches("{n}").count(), n, "{} {words}", language.lang);
                assert_eq!(words.matches("{m}").count(), m, "{} {words}", language.lang);
                assert_eq!(words.matches(['{', '}']).count(), 2 * (n + m), "{} {words}", language.lang);
            }
        }
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
