//! What the flow knows ([`State`]). No browser object is in here: photos, links and files are ids into the runner.

use std::rc::Rc;

use crate::config::Config;
use crate::guidance::{Challenge, ChallengeRecord, Evidence, Flaw, Guide, Hint};

use super::camera::Camera;
use super::photo::{Generation, LinkId};
use super::screen::Screen;

/// Where the challenge stands, where the page asks for one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trial {
    /// Where the current one stands.
    pub stage: TrialStage,
    /// How many were begun.
    pub attempts: u8,
}

/// Where one challenge stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum TrialStage {
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

/// Where the signed link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// There is none.
    #[default]
    Absent,
    /// It was asked for.
    Asked(Generation),
    /// It is here.
    Ready {
        /// The link.
        id: LinkId,
        /// Whether it is about to die, so that no new upload may start with it.
        dying: bool,
    },
}

/// The timers of the flow. Each runs once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Opening the camera takes long.
    CameraSlow,
    /// With `capture="auto"` and `countdown`, where frames can't be looked at: the person had time to get ready.
    AutoCapture,
    /// With `capture="auto"`: the photo was not taken by itself in time.
    Shutter,
    /// The movement was not made in time.
    Challenge,
    /// A second of the countdown.
    Countdown,
    /// The signed link is about to die.
    LinkLife,
    /// The upload has not moved.
    Stall,
    /// A pause before the next try.
    Retry,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 8] = [
        Self::CameraSlow,
        Self::AutoCapture,
        Self::Shutter,
        Self::Challenge,
        Self::Countdown,
        Self::LinkLife,
        Self::Stall,
        Self::Retry,
    ];
}

/// How often something was tried since the person asked for it, so that nothing is tried for ever. Only the person sets
/// it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
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
    pub camera: Camera,
    /// The photo that is being made.
    pub grab: Option<Generation>,
    /// Where the signed link is.
    pub link: Link,
    /// The upload in flight.
    pub upload: Option<Generation>,
    /// The verify call in flight.
    pub verify: Option<Generation>,
    /// Whether the photo at hand is known to be at the link at hand.
    pub uploaded: bool,
    /// Whether the photo may be at the link at hand: an upload there ended with no answer.
    pub may_have_landed: bool,
    /// Whether the person chose another camera than the one that the settings name.
    pub switched: bool,
    /// The running timers.
    pub timers: Vec<(Timer, Generation)>,
    /// Counts of this submission.
    pub tally: Tally,
    /// Links asked for before there was a photo.
    pub prefetched: u8,
    /// Black frames in a row.
    pub black_frames: u8,
    /// What is known after all frames of this camera that were looked at.
    pub guide: Guide,
    /// Whether frames can't be looked at on this device.
    pub blind: bool,
    /// Whether a file dialog may be open.
    pub choosing: bool,
    /// Where the challenge stands.
    pub trial: Trial,
    /// The hint that a screen reader was told last, and when.
    pub said: (Hint, f64),
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
            camera: Camera::Closed,
            grab: None,
            link: Link::Absent,
            upload: None,
            verify: None,
            uploaded: false,
            may_have_landed: false,
            switched: false,
            timers: Vec::new(),
            tally: Tally::default(),
            prefetched: 0,
            black_frames: 0,
            guide: Guide::default(),
            blind: false,
            choosing: false,
            trial: Trial::default(),
            said: (Hint::Position, 0.0),
            evidence: None,
            refusals: 0,
            online: true,
            hidden: false,
            generation: Generation(0),
        }
    }
}

impl State {
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
