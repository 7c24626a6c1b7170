//! The work that the flow requests ([`Effect`]). The flow never does it itself: the runner does, and answers with an
//! [`Event`](super::Event).
//!
//! Effects open things and begin requests. None closes, aborts or forgets: after each step the runner drops everything
//! that the state no longer needs (see [`needs`](super::needs)).

use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::Judgement;

use crate::guidance::{Evidence, Hint};

use super::camera::CameraChoice;
use super::error::ErrorCode;
use super::photo::{FileId, Generation, LinkId, Luminance, Photo, PhotoId, PhotoOrigin};
use super::screen::{Opening, Phase, ScreenName};
use super::timer::Timer;

/// The source of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoSource {
    /// The camera's current frame.
    Camera,
    /// The best of the camera's next few frames.
    Burst,
    /// A file that the person chose.
    File(FileId),
    /// The current photo, made smaller.
    Photo(PhotoId),
}

/// How long a timer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Exactly this long.
    After(Duration),
    /// A random time between the two, with uniform distribution: full jitter (AWS Architecture Blog, "Exponential
    /// Backoff And Jitter") above the time that the server asked for.
    Jittered {
        /// The shortest time.
        least: Duration,
        /// The longest time.
        most: Duration,
    },
}

/// A message to the page, sent as a DOM event.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// `selfie-statechange`.
    StateChange {
        /// The new state.
        state: ScreenName,
        /// The previous state.
        previous: ScreenName,
    },
    /// `selfie-consented`.
    Consented,
    /// `selfie-guidance`.
    Guidance {
        /// The hint that the person sees.
        hint: Hint,
        /// The frame's luminance; `None` if it was not measured.
        luminance: Option<Luminance>,
        /// The analysis of the frame.
        evidence: Option<Rc<Evidence>>,
        /// Why frames are not analysed, when that begins.
        cause: Option<Rc<str>>,
    },
    /// `selfie-captured`. The runner adds the photo itself.
    Captured {
        /// The photo.
        photo: Photo,
        /// Where it comes from.
        origin: PhotoOrigin,
        /// The analysis of the photo.
        evidence: Rc<Evidence>,
    },
    /// `selfie-progress`.
    Progress(Phase),
    /// `selfie-verified` or `selfie-rejected`.
    Verdict {
        /// The result.
        judgement: Judgement,
        /// The photo's luminance.
        luminance: Option<Luminance>,
        /// The analysis of the photo.
        evidence: Option<Rc<Evidence>>,
    },
    /// `selfie-alternative`.
    OtherWay {
        /// The screen that the person left.
        state: ScreenName,
    },
    /// `selfie-devices`.
    Devices,
    /// `selfie-cancelled`.
    Cancelled,
    /// `selfie-error`.
    Error(ErrorCode),
}

/// A message to a screen reader. A new screen announces itself by its focused heading, and an end also by a message,
/// because the focus may be elsewhere in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// The camera shows no picture, and why.
    Opening(Opening),
    /// The camera shows a picture.
    CameraReady {
        /// Whether there is a shutter. Otherwise nothing is known yet about the photo.
        shutter: bool,
    },
    /// The photo is taken automatically.
    Automatic,
    /// The shutter has appeared.
    Shutter,
    /// The button for the page's other way has appeared.
    OtherWay,
    /// The guidance changed.
    Hint(Hint),
    /// Everything is right, and the person takes the photo.
    Press,
    /// The challenge can be skipped.
    Skippable,
    /// The challenge starts again.
    ChallengeAgain,
    /// The challenge was skipped, or was not done in time too often.
    ChallengeOver,
    /// Seconds until the photo is taken.
    Countdown(u8),
    /// The number of quarters of the photo that were sent, 1 to 3.
    Quarter(u8),
    /// The photo was sent and is being compared.
    Verifying,
    /// The verdict still takes long.
    StillVerifying,
    /// The network is missing; the photo is kept.
    WaitingForNetwork,
    /// The network is back.
    Connected,
    /// An attempt failed; the one with this number follows.
    Retrying(u8),
    /// The verdict.
    Verdict {
        /// Whether the person is confirmed.
        verified: bool,
    },
    /// A failure.
    Failed(ErrorCode),
}

impl Announcement {
    /// Whether it makes an older one stale that is still to be read: an old hint would be read into the time for a new
    /// movement.
    #[must_use]
    pub fn replaces(self, older: Self) -> bool {
        let next = matches!(self, Self::Hint(_) | Self::Press | Self::ChallengeAgain | Self::ChallengeOver);
        next && matches!(older, Self::Hint(_) | Self::Press)
    }
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a camera. Answered by `CameraOpened` or `CameraFailed`, later perhaps by `CameraEnded`.
    OpenCamera {
        /// The id of this request.
        generation: Generation,
        /// Which camera.
        choice: CameraChoice,
    },
    /// Measure the open camera's frames until it closes or they are analysed. Answered by `FrameMeasured`, repeatedly.
    Measure {
        /// The generation of the camera.
        generation: Generation,
    },
    /// Analyse the open camera's frames until it closes. Answered by `FrameAnalysed`, repeatedly, or by
    /// `VisionUnavailable`.
    Analyse {
        /// The generation of the camera.
        generation: Generation,
    },
    /// Draw a random number that the page can't predict. Answered by `SeedDrawn`.
    DrawSeed {
        /// The id of this request.
        generation: Generation,
    },
    /// Make a photo. For a new one, the page may refuse by `selfie-capture`. Answered by `PhotoReady` or `GrabFailed`.
    Grab {
        /// The id of this request.
        generation: Generation,
        /// The source of the photo.
        source: PhotoSource,
    },
    /// Request a signed link from the relay. Answered by `LinkReady` or `LinkFailed`.
    RequestLink {
        /// The id of this request.
        generation: Generation,
    },
    /// Upload the photo to S3. Answered by `UploadProgress`, then by `Uploaded` or `UploadFailed`.
    Upload {
        /// The id of this request.
        generation: Generation,
        /// The destination.
        link: LinkId,
        /// The photo.
        photo: PhotoId,
        /// Whether to omit `Content-Type`, for a V2 link that was signed without it.
        omit_content_type: bool,
        /// Whether this link was tried before.
        tried_before: bool,
    },
    /// Request the verdict from the relay. Answered by `VerifyDone` or `VerifyFailed`.
    Verify {
        /// The id of this request.
        generation: Generation,
        /// The link that the photo was uploaded to.
        link: LinkId,
        /// Where the photo comes from.
        origin: PhotoOrigin,
    },
    /// Start a timer. Replaces an earlier timer of the same name. Answered by `Tick`.
    StartTimer {
        /// Which timer.
        timer: Timer,
        /// The id of this start.
        generation: Generation,
        /// How long.
        delay: Delay,
    },
    /// Send an event to the page.
    Emit(Notice),
    /// Announce something to a screen reader.
    Announce(Announcement),
    /// Move the keyboard focus to the heading of the current screen.
    Focus,
}
