//! The flow's memory ([`State`]). It contains no browser objects: photos, links and files are ids of things that the
//! runner holds.

use std::rc::Rc;

use akiba_protocol::CameraKind;
use akiba_vision::{Measure, Report};

use crate::config::{Capture, Config};
use crate::guidance::{Challenge, ChallengeRecord, Check, Evidence, Flaw, Guide, Hint, is_black};

use super::camera::CameraState;
use super::error::ErrorCode;
use super::photo::{Generation, LinkId, PhotoOrigin};
use super::screen::Screen;
use super::timer::Timers;

/// The progress of the challenge, if the page asks for one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChallengeProgress {
    /// The stage of the current attempt.
    pub stage: ChallengeStage,
    /// The number of attempts.
    pub attempts: u8,
}

/// The stage of one attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ChallengeStage {
    /// Waits until all checks pass.
    #[default]
    Waiting,
    /// A random number is being drawn for the order of movements.
    Drawing(Generation),
    /// Begins with the next report.
    Drawn(u32),
    /// Under way.
    Running(Challenge),
    /// Over.
    Over(ChallengeRecord),
}

/// Whether the current photo is stored at the current link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// No.
    #[default]
    None,
    /// Perhaps: an upload ended without an answer.
    Unknown,
    /// Yes.
    Done,
}

/// The state of the signed link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// Missing.
    #[default]
    Absent,
    /// It was requested.
    Requested(Generation),
    /// It is available.
    Ready {
        /// The link.
        id: LinkId,
        /// Whether it is about to expire, so that no new upload may start with it.
        expiring: bool,
        /// Whether the photo is stored there.
        delivery: Delivery,
    },
}

/// A request of the submission. Not the link request, which may be in flight before there is a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The upload.
    Upload(Generation),
    /// The verdict request. In a hand-off, the page waits for the verdict.
    Verify(Generation),
}

/// What is known since the camera opened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Framing {
    /// The result of all analysed frames.
    pub guide: Guide,
    /// Black frames in a row.
    pub black_frames: u8,
    /// Whether a file dialog may be open.
    pub choosing: bool,
    /// Whether the picture comes from the camera, not from a file.
    pub live: bool,
    /// Whether the person sees it mirrored, also in the review. The photo itself is not.
    pub mirrored: bool,
    /// The kind of the camera.
    pub kind: CameraKind,
    /// Whether somebody was seen since the last check for it.
    pub seen: bool,
    /// Whether it was too dark, so that the screen gives light from then on: without it, it would be dark again.
    pub bright: bool,
    /// Whether the frame for the photo is drawn.
    pub drawn: bool,
    /// The last hint that was announced to a screen reader, and when.
    pub said: (Hint, f64),
}

/// How often each step was tried since the person last asked for it, so that nothing is retried endlessly. Only the
/// person resets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Link requests that failed.
    pub links: u8,
    /// Uploads that failed for a temporary reason.
    pub uploads: u8,
    /// Verdict requests that the relay turned away.
    pub verifies: u8,
    /// Attempts while the browser reported no network.
    pub probes: u8,
    /// New links requested because the old one had expired or belonged to another session.
    pub relinks: u8,
    /// Whether the photo was sent again after it had arrived damaged.
    pub resent: bool,
    /// Whether the photo was made smaller.
    pub shrunk: bool,
    /// Whether `Content-Type` is omitted.
    pub omit_content_type: bool,
}

/// The state of the flow.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The current screen.
    pub screen: Screen,
    /// The state of the camera.
    pub camera: CameraState,
    /// Why the camera could not be opened, until it is on.
    pub camera_error: Option<ErrorCode>,
    /// The photo that is being made.
    pub grab: Option<Generation>,
    /// The state of the signed link.
    pub link: LinkState,
    /// The upload or the verdict request in flight.
    pub sending: Option<Sending>,
    /// The number of cameras that the browser listed last.
    pub cameras: u8,
    /// Whether the person switched to another camera than the configured one.
    pub switched: bool,
    /// The running timers.
    pub timers: Timers,
    /// Failed attempts of this submission.
    pub attempts: Attempts,
    /// Links requested before there was a photo, since the person last acted.
    pub prefetched: u8,
    /// What is known since the camera opened.
    pub framing: Framing,
    /// Whether frames can't be analysed on this device.
    pub vision_unavailable: bool,
    /// Whether the person wants to press the button, whatever the page has set.
    pub by_hand: bool,
    /// The progress of the challenge.
    pub challenge: ChallengeProgress,
    /// The analysis of the photo.
    pub evidence: Option<Rc<Evidence>>,
    /// Unusable photos in a row, if the page forbids to send them.
    pub refusals: u8,
    /// Rejections in a row of the same person.
    pub rejections: u8,
    /// Whether the page's other way is offered, because the person framed for long.
    pub other_way: bool,
    /// Whether the person closed a failure that only the page's owner can mend. The page may start again.
    pub closed: bool,
    /// Whether there is a network: what the browser reports, unless something has answered since.
    pub online: bool,
    /// Whether the page is hidden.
    pub hidden: bool,
    /// The last generation that was used.
    pub generation: Generation,
}

impl Default for State {
    fn default() -> Self {
        Self {
            screen: Screen::Idle,
            camera: CameraState::Closed,
            camera_error: None,
            grab: None,
            link: LinkState::Absent,
            sending: None,
            cameras: 0,
            switched: false,
            timers: Timers::default(),
            attempts: Attempts::default(),
            prefetched: 0,
            framing: Framing::default(),
            vision_unavailable: false,
            by_hand: false,
            challenge: ChallengeProgress::default(),
            evidence: None,
            refusals: 0,
            rejections: 0,
            other_way: false,
            closed: false,
            online: true,
            hidden: false,
            generation: Generation(0),
        }
    }
}

impl State {
    /// Whether the photo is taken automatically: the page wants that, and the person does not object.
    #[must_use]
    pub fn is_automatic(&self, config: &Config) -> bool {
        config.capture == Capture::Auto && !self.by_hand
    }

    /// Whether no challenge is left to do.
    #[must_use]
    pub fn challenge_is_over(&self, config: &Config) -> bool {
        config.challenge.is_none() || matches!(self.challenge.stage, ChallengeStage::Over(_))
    }

    /// Whether a photo waits for nothing but the person's press, if everything is right.
    #[must_use]
    pub fn waits_for_press(&self, config: &Config) -> bool {
        !self.is_automatic(config) && self.challenge_is_over(config)
    }

    /// Returns the upload in flight.
    #[must_use]
    pub fn upload(&self) -> Option<Generation> {
        match self.sending {
            Some(Sending::Upload(generation)) => Some(generation),
            _ => None,
        }
    }

    /// Returns the verdict request in flight.
    #[must_use]
    pub fn verify(&self) -> Option<Generation> {
        match self.sending {
            Some(Sending::Verify(generation)) => Some(generation),
            _ => None,
        }
    }

    /// Returns where the current photo comes from.
    #[must_use]
    pub fn photo_origin(&self) -> PhotoOrigin {
        if self.framing.live { PhotoOrigin::Camera(self.framing.kind) } else { PhotoOrigin::File }
    }

    /// Returns the worst flaw of the current photo.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.evidence.as_ref().and_then(|evidence| evidence.flaw())
    }

    /// Whether the current photo was analysed, its face measured, and the face large enough and in its place when the
    /// photo was taken. Without a [`flaw`](Self::flaw), it is then good.
    #[must_use]
    pub fn is_photo_measured(&self) -> bool {
        let measured = |report: Report| {
            [Measure::Sharpness, Measure::LuminanceMean].into_iter().all(|measure| report.value(measure).is_some())
        };
        let guide = &self.framing.guide;
        let in_place = guide.checks.hold(Check::Size) && guide.checks.hold(Check::Centred);
        (in_place || !guide.is_active())
            && self.evidence.as_ref().and_then(|evidence| evidence.report).is_some_and(measured)
    }

    /// Whether the current photo is black: of its flaws, the face's darkness would be the wrong one.
    #[must_use]
    pub fn is_photo_black(&self) -> bool {
        let report = self.evidence.as_ref().and_then(|evidence| evidence.report);
        report.is_some_and(|report| is_black(report.frame_mean, report.frame_variance))
    }

    /// Whether the page forbids to send the current photo.
    #[must_use]
    pub fn forbids_photo(&self, config: &Config) -> bool {
        config.strict && self.flaw().is_some_and(Flaw::is_hard)
    }
}
