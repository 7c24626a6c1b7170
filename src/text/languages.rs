//! The list of the languages ([`LANGUAGES`]).
//!
//! To add a language:
//!
//! 1. Copy `en.rs` to a file that is named after the new language's tag, and translate its texts.
//! 2. Declare the file in `mod.rs`, and add it to [`LANGUAGES`].
//! 3. Run `cargo test -p akiba-selfie --lib text`: the tests below say which texts are missing or too long.

use super::en::ENGLISH;
use super::language::Language;

/// Every language. The first one is used if the page requests a language that is missing here.
pub const LANGUAGES: &[&Language] = &[&ENGLISH];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::ErrorCode;
    use crate::text::CONSENT_VERSION;
    use crate::text::browser::Browser;
    use crate::text::language::ErrorText;
    use crate::text::message::Message;

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
            | M::TapToStart
            | M::CameraOn => 32,
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
            M::StepLink
            | M::StepVerify
            | M::CheckFace
            | M::CheckSharp
            | M::CheckClear
            | M::CheckedFace
            | M::CheckedSharp => 36,
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

    /// If this fails, the words that people agree to have changed: raise [`CONSENT_VERSION`], and note both here.
    #[test]
    fn other_words_on_the_consent_screen_have_another_version() {
        use Message as M;
        let words = [
            M::ConsentTitle,
            M::ConsentWhat,
            M::ConsentWhatBody,
            M::ConsentWhy,
            M::ConsentWhyBody,
            M::ConsentWhere,
            M::ConsentWhereBody,
            M::ConsentReview,
            M::Agree,
        ];
        let bytes =
            LANGUAGES.iter().flat_map(|language| words.map(|word| (language.message)(word))).flat_map(str::bytes);
        // FNV-1a.
        let hash =
            bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        assert_eq!((CONSENT_VERSION, format!("{hash:016x}").as_str()), ("1", "3ec069eb75dc7961"));
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
    }
}
