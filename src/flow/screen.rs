//! What the person sees ([`Screen`]), its name for the page ([`ScreenName`]), and where sending the photo stands
//! ([`Phase`], [`Wait`]).

use akiba_protocol::Judgement;

use crate::guidance::Hint;

use super::error::ErrorCode;
use super::photo::Photo;

/// Where sending the photo stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for a signed link.
    Linking,
    /// Bytes are on their way.
    Uploading {
        /// Bytes sent.
        sent: u32,
        /// Bytes in all.
        total: u32,
    },
    /// S3 has the photo; the vendor compares.
    Verifying,
}

impl Phase {
    /// The word for it in `selfie-progress`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linking => "linking",
            Self::Uploading { .. } => "uploading",
            Self::Verifying => "verifying",
        }
    }
}

/// What a submission waits for before it goes on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The network.
    Network,
    /// A pause before the next try.
    Pause,
}

/// How opening the camera goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The browser was asked for it.
    Requested,
    /// It takes so long that the person is told where to look.
    Slow,
    /// The page is out of sight, and the camera stays off until it is seen again.
    Paused,
}

/// What the person is told while they get ready for the photo, and what they can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The instruction.
    pub hint: Hint,
    /// How many checks hold; `None` where nobody looks.
    pub passed: Option<u8>,
    /// Whether they can take the photo themselves.
    pub shutter: bool,
    /// Whether they can leave the challenge out.
    pub skip: bool,
}

/// What the person sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Screen {
    /// Nothing has begun.
    #[default]
    Idle,
    /// The person is asked to agree.
    Consent,
    /// The camera is being opened.
    Starting(Opening),
    /// The person gets ready for the photo.
    Framing {
        /// What they are told, and what they can do.
        prompt: Prompt,
    },
    /// The photo is about to be taken.
    Countdown {
        /// Seconds left, 1 or more.
        left: u8,
    },
    /// The photo is being made.
    Grabbing,
    /// The person looks at the photo.
    Review {
        /// The photo.
        photo: Photo,
    },
    /// The photo is being sent and judged.
    Submitting {
        /// The photo.
        photo: Photo,
        /// Where it stands.
        phase: Phase,
        /// Tries of this phase that failed.
        attempt: u8,
        /// What it waits for, if it does not move.
        wait: Option<Wait>,
    },
    /// There is a verdict.
    Done {
        /// What it says.
        judgement: Judgement,
    },
    /// Something failed.
    Failed {
        /// What.
        error: ErrorCode,
        /// The photo, if one was taken.
        photo: Option<Photo>,
    },
}

/// The name of a [`Screen`], as the page sees it in `state` and `selfie-statechange`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScreenName {
    /// See [`Screen::Idle`].
    Idle,
    /// See [`Screen::Consent`].
    Consent,
    /// See [`Screen::Starting`].
    Starting,
    /// See [`Screen::Framing`].
    Framing,
    /// See [`Screen::Countdown`].
    Countdown,
    /// See [`Screen::Grabbing`].
    Grabbing,
    /// See [`Screen::Review`].
    Review,
    /// See [`Screen::Submitting`].
    Submitting,
    /// See [`Screen::Done`].
    Done,
    /// See [`Screen::Failed`].
    Failed,
}

impl ScreenName {
    /// Every name, in the order of the flow.
    pub const ALL: [Self; 10] = [
        Self::Idle,
        Self::Consent,
        Self::Starting,
        Self::Framing,
        Self::Countdown,
        Self::Grabbing,
        Self::Review,
        Self::Submitting,
        Self::Done,
        Self::Failed,
    ];

    /// The name as the page sees it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Consent => "consent",
            Self::Starting => "starting",
            Self::Framing => "framing",
            Self::Countdown => "countdown",
            Self::Grabbing => "grabbing",
            Self::Review => "review",
            Self::Submitting => "submitting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Screen {
    /// The screen's name.
    #[must_use]
    pub fn name(&self) -> ScreenName {
        match self {
            Self::Idle => ScreenName::Idle,
            Self::Consent => ScreenName::Consent,
            Self::Starting(_) => ScreenName::Starting,
            Self::Framing { .. } => ScreenName::Framing,
            Self::Countdown { .. } => ScreenName::Countdown,
            Self::Grabbing => ScreenName::Grabbing,
            Self::Review { .. } => ScreenName::Review,
            Self::Submitting { .. } => ScreenName::Submitting,
            Self::Done { .. } => ScreenName::Done,
            Self::Failed { .. } => ScreenName::Failed,
        }
    }

    /// The photo, in the screens that have one.
    #[must_use]
    pub fn photo(&self) -> Option<Photo> {
        match self {
            Self::Review { photo } | Self::Submitting { photo, .. } => Some(*photo),
            Self::Failed { photo, .. } => *photo,
            _ => None,
        }
    }
}
