//! The current screen ([`Screen`]), its name for the page ([`ScreenName`]), and the progress of a submission
//! ([`Phase`], [`Wait`]).

use akiba_protocol::Judgement;

use crate::guidance::{Flaw, Hint};

use super::error::ErrorCode;
use super::photo::Photo;

/// The phase of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for a signed link.
    Linking,
    /// The photo is being uploaded.
    Uploading {
        /// Bytes sent.
        sent: u32,
        /// Bytes in total.
        total: u32,
    },
    /// S3 has the photo; the vendor compares.
    Verifying,
}

impl Phase {
    /// Returns the word for it in `selfie-progress`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linking => "linking",
            Self::Uploading { .. } => "uploading",
            Self::Verifying => "verifying",
        }
    }
}

/// What a submission waits for before it continues by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The network.
    Network,
    /// The pause before the next attempt.
    Pause,
}

/// The progress of opening the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The camera was requested.
    Requested,
    /// It takes so long that the screen says where to look for the browser's question.
    Slow,
    /// The camera is on, and the browser shows it only after a tap.
    Tap,
    /// The page is hidden, and the camera stays off until it is visible again.
    Paused,
    /// The camera is on, but sends no frames. It is opened again when it does.
    Frozen,
    /// The camera is off, because nobody was in front of it for minutes. The person turns it on again.
    Away,
}

/// What the person sees while framing, and can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The hint.
    pub hint: Hint,
    /// The number of checks that pass; `None` if frames are not analysed.
    pub passed: Option<u8>,
    /// Whether the person can take the photo.
    pub shutter: bool,
    /// Whether the person can skip the challenge.
    pub skip: bool,
    /// Whether everything is right, and the person takes the photo.
    pub press: bool,
}

/// The current screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Screen {
    /// Nothing has started.
    #[default]
    Idle,
    /// The person is asked for consent.
    Consent,
    /// The person takes the selfie on a phone. The page shows the code for it, and follows the phone.
    Handoff,
    /// The camera is being opened.
    Starting(Opening),
    /// The person gets ready for the photo.
    Framing {
        /// The hint and the available controls.
        prompt: Prompt,
    },
    /// The photo is about to be taken.
    Countdown {
        /// Seconds left, 1 or more.
        left: u8,
    },
    /// The photo is being made.
    Grabbing,
    /// The person reviews the photo.
    Review {
        /// The photo.
        photo: Photo,
    },
    /// The photo is being sent and verified.
    Submitting {
        /// The photo.
        photo: Photo,
        /// The phase.
        phase: Phase,
        /// Failed attempts of this phase.
        attempt: u8,
        /// What it waits for, if it is paused.
        wait: Option<Wait>,
    },
    /// There is a verdict.
    Done {
        /// The result.
        judgement: Judgement,
        /// The flaw of the photo that the vendor names.
        flaw: Option<Flaw>,
    },
    /// Something failed.
    Failed {
        /// The error.
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
    /// See [`Screen::Handoff`].
    Handoff,
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
    pub const ALL: [Self; 11] = [
        Self::Idle,
        Self::Consent,
        Self::Handoff,
        Self::Starting,
        Self::Framing,
        Self::Countdown,
        Self::Grabbing,
        Self::Review,
        Self::Submitting,
        Self::Done,
        Self::Failed,
    ];

    /// Returns the name as the page sees it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Consent => "consent",
            Self::Handoff => "handoff",
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
    /// Returns the screen's name.
    #[must_use]
    pub fn name(&self) -> ScreenName {
        match self {
            Self::Idle => ScreenName::Idle,
            Self::Consent => ScreenName::Consent,
            Self::Handoff => ScreenName::Handoff,
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

    /// Whether it has a control that may disappear while the screen stays.
    pub(super) fn has_passing_control(&self) -> bool {
        match self {
            Self::Framing { prompt } => prompt.skip,
            Self::Submitting { wait, .. } => wait.is_some(),
            _ => false,
        }
    }

    /// Returns the photo, in the screens that have one.
    #[must_use]
    pub fn photo(&self) -> Option<Photo> {
        match self {
            Self::Review { photo } | Self::Submitting { photo, .. } => Some(*photo),
            Self::Failed { photo, .. } => *photo,
            _ => None,
        }
    }
}
