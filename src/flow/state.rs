//! What the flow knows ([`State`]). No browser object is in here: photos, links and files are ids into the runner.

use std::rc::Rc;

use crate::config::Config;
use crate::guidance::{Challenge, ChallengeRecord, Evidence, Flaw, Guide, Hint};

use super::camera::CameraState;
use super::photo::{Generation, LinkId};
use super::screen::Screen;
use super::timer::Timers;

/// Where the challenge stands, where the page asks for one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChallengeProgress {
    /// Where the current one stands.
    pub stage: ChallengeStage,
    /// How many were begun.
    pub attempts: u8,
}

/// Where one challenge stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ChallengeStage {
    /// It waits for all checks to hold.
    #[default]
    Waiting,
    /// Its order is being drawn.
    Drawing(Generation),
    /// It begins with the next report.
    Drawn(u32),
    /// It is under way.
    Running(Challenge),
    /// It is over.
    Over(ChallengeRecord),
}

/// Whether the photo at hand is at the link at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// It is not.
    #[default]
    None,
    /// It may be: an upload there ended with no answer.
    Unknown,
    /// It is.
    Done,
}

/// Where the signed link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// There is none.
    #[default]
    Absent,
    /// It was asked for.
    Requested(Generation),
    /// It is here.
    Ready {
        /// The link.
        id: LinkId,
        /// Whether it is about to die, so that no new upload may start with it.
        expiring: bool,
        /// Whether the photo is there.
        delivery: Delivery,
    },
}

/// A request of the submission, less the one for the link, which may be in flight before there is a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The upload.
    Upload(Generation),
    /// The verify call.
    Verify(Generation),
}

/// What is known since the camera opened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Framing {
    /// What is known after all frames that were looked at.
    pub guide: Guide,
    /// Black frames in a row.
    pub black_frames: u8,
    /// Whether a file dialog may be open.
    pub choosing: bool,
    /// The hint that a screen reader was told last, and when.
    pub said: (Hint, f64),
}

/// How often something was tried since the person asked for it, so that nothing is tried for ever. Only the person sets
/// it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Link requests that failed.
    pub links: u8,
    /// Uploads that failed in a way that may pass.
    pub uploads: u8,
    /// Verify calls that were turned away.
    pub verifies: u8,
    /// Tries while the browser said that there was no network.
    pub probes: u8,
    /// New links asked for because the old one was refused as expired, or as another session's.
    pub relinks: u8,
    /// Whether the photo was sent once more after it had arrived damaged.
    pub resent: bool,
    /// Whether the photo was made smaller.
    pub shrunk: bool,
    /// Whether `Content-Type` is left out.
    pub plain: bool,
}

/// All that the flow knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What the person sees.
    pub screen: Screen,
    /// Where the camera is.
    pub camera: CameraState,
    /// The photo that is being made.
    pub grab: Option<Generation>,
    /// Where the signed link is.
    pub link: LinkState,
    /// The upload or the verify call in flight.
    pub sending: Option<Sending>,
    /// Whether the person chose another camera than the one that the settings name.
    pub switched: bool,
    /// The running timers.
    pub timers: Timers,
    /// Counts of this submission.
    pub attempts: Attempts,
    /// Links asked for before there was a photo.
    pub prefetched: u8,
    /// What is known since the camera opened.
    pub framing: Framing,
    /// Whether frames can't be looked at on this device.
    pub vision_unavailable: bool,
    /// Where the challenge stands.
    pub challenge: ChallengeProgress,
    /// What is known of the photo.
    pub evidence: Option<Rc<Evidence>>,
    /// Photos that could not be used, one after the other, where the page forbids to send such.
    pub refusals: u8,
    /// What the browser says of the network.
    pub online: bool,
    /// Whether the page is out of sight.
    pub hidden: bool,
    /// The last generation that was given out.
    pub generation: Generation,
}

impl Default for State {
    fn default() -> Self {
        Self {
            screen: Screen::Idle,
            camera: CameraState::Closed,
            grab: None,
            link: LinkState::Absent,
            sending: None,
            switched: false,
            timers: Timers::default(),
            attempts: Attempts::default(),
            prefetched: 0,
            framing: Framing::default(),
            vision_unavailable: false,
            challenge: ChallengeProgress::default(),
            evidence: None,
            refusals: 0,
            online: true,
            hidden: false,
            generation: Generation(0),
        }
    }
}

impl State {
    /// The upload in flight.
    #[must_use]
    pub fn upload(&self) -> Option<Generation> {
        match self.sending {
            Some(Sending::Upload(generation)) => Some(generation),
            _ => None,
        }
    }

    /// The verify call in flight.
    #[must_use]
    pub fn verify(&self) -> Option<Generation> {
        match self.sending {
            Some(Sending::Verify(generation)) => Some(generation),
            _ => None,
        }
    }

    /// The worst flaw of the photo at hand.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.evidence.as_ref().and_then(|evidence| evidence.flaw())
    }

    /// Whether the page forbids to send the photo at hand.
    #[must_use]
    pub fn forbids_photo(&self, config: &Config) -> bool {
        config.strict && self.flaw().is_some_and(Flaw::is_hard)
    }
}
