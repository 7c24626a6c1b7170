//! The text and the icon of a hint, and the text of a flaw.

use crate::flow::Opening;
use crate::guidance::{Flaw, Hint};
use crate::text::Message;

use super::icon::Icon;

/// Returns the text of a hint, for the screen and for screen readers.
pub(super) fn words(hint: Hint) -> Message {
    match hint {
        Hint::Position => Message::HintPosition,
        Hint::NoPicture => Message::HintNoPicture,
        Hint::NoFace => Message::HintNoFace,
        Hint::SeveralFaces => Message::HintSeveralFaces,
        Hint::TooDark => Message::HintTooDark,
        Hint::TooBright => Message::HintTooBright,
        Hint::ComeCloser => Message::HintComeCloser,
        Hint::MoveBack => Message::HintMoveBack,
        Hint::MoveLeft => Message::HintMoveLeft,
        Hint::MoveRight => Message::HintMoveRight,
        Hint::MoveUp => Message::HintMoveUp,
        Hint::MoveDown => Message::HintMoveDown,
        Hint::Straighten => Message::HintStraighten,
        Hint::LookStraight => Message::HintLookStraight,
        Hint::SideLight => Message::HintSideLight,
        Hint::HoldStill => Message::HintHoldStill,
        Hint::Blurred => Message::HintBlurred,
        Hint::Hold => Message::HintHold,
        Hint::TurnLeft => Message::HintTurnLeft,
        Hint::TurnRight => Message::HintTurnRight,
        Hint::LeanIn => Message::HintLeanIn,
        Hint::FaceForward => Message::HintFaceForward,
    }
}

/// Returns what to do while the camera opens, for the screen and for screen readers.
pub(super) fn opening(opening: Opening) -> Message {
    match opening {
        Opening::Requested => Message::StartingBody,
        Opening::Slow => Message::StartingSlow,
        Opening::Tap => Message::StartingTap,
        Opening::Paused => Message::StartingPaused,
        Opening::Frozen => Message::StartingFrozen,
        Opening::Away => Message::StartingAway,
    }
}

/// Returns the icon of a hint. In a mirrored picture, the person's own left is on the left.
pub(super) fn shape(hint: Hint, mirrored: bool) -> Option<Icon> {
    Some(match hint {
        Hint::Position => return None,
        Hint::NoPicture => Icon::Warning,
        Hint::NoFace | Hint::LookStraight | Hint::FaceForward => Icon::Face,
        Hint::SeveralFaces => Icon::Person,
        Hint::TooDark | Hint::TooBright | Hint::SideLight => Icon::Sun,
        Hint::ComeCloser | Hint::LeanIn => Icon::Larger,
        Hint::MoveBack => Icon::Smaller,
        Hint::MoveLeft => Icon::Left,
        Hint::MoveRight => Icon::Right,
        Hint::MoveUp => Icon::Up,
        Hint::MoveDown => Icon::Down,
        Hint::TurnLeft if mirrored => Icon::Left,
        Hint::TurnRight if !mirrored => Icon::Left,
        Hint::TurnLeft | Hint::TurnRight => Icon::Right,
        Hint::Straighten => Icon::Again,
        Hint::HoldStill | Hint::Blurred => Icon::Phone,
        Hint::Hold => Icon::Tick,
    })
}

/// Returns the text of a flaw.
pub(super) fn flaw(flaw: Flaw) -> Message {
    match flaw {
        Flaw::NoFace => Message::FlawNoFace,
        Flaw::SeveralFaces => Message::FlawSeveralFaces,
        Flaw::TooDark => Message::FlawTooDark,
        Flaw::TooBright => Message::FlawTooBright,
        Flaw::TooSmall => Message::FlawTooSmall,
        Flaw::Turned => Message::FlawTurned,
        Flaw::Leaning => Message::FlawLeaning,
        Flaw::SideLight => Message::FlawSideLight,
        Flaw::Blurred => Message::FlawBlurred,
    }
}
