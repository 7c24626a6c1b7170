//! What the flow wants done ([`Effect`]). It never does anything itself: the runner does, and answers with an
//! [`Event`](super::Event).
//!
//! Effects open things and begin requests. None closes, aborts or forgets: after each step the runner drops what the
//! state does not need any more (see [`needs`](super::needs)).

use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::Judgement;

use crate::guidance::{Evidence, Hint};

use super::camera::CameraChoice;
use super::error::ErrorCode;
use super::photo::{FileId, Generation, LinkId, Luminance, Photo, PhotoId};
use super::screen::{Phase, ScreenName};
use super::timer::Timer;

/// Where a photo comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoSource {
    /// The camera's current frame.
    Camera,
    /// The best of the camera's next few frames.
    Burst,
    /// A file that the person chose.
    File(FileId),
    /// The photo that there is, made smaller.
    Photo(PhotoId),
}

/// How long a timer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Just so long.
    After(Duration),
    /// A random time between the two, drawn evenly: «full jitter» (AWS Architecture Blog, «Exponential Backoff And
    /// Jitter»), above what the server asked for.
    Jittered {
        /// At least this.
        least: Duration,
        /// At most this.
        most: Duration,
    },
}

/// What is told to the page as a DOM event.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// `selfie-statechange`.
    StateChange {
        /// The state now.
        state: ScreenName,
        /// The state before.
        previous: ScreenName,
    },
    /// `selfie-guidance`.
    Guidance {
        /// What the person is told.
        hint: Hint,
        /// What was measured of the frame.
        luminance: Luminance,
        /// What came of looking at it.
        evidence: Option<Rc<Evidence>>,
    },
    /// `selfie-captured`; the runner adds the photo itself.
    Captured {
        /// The photo.
        photo: Photo,
        /// What is known of it.
        evidence: Rc<Evidence>,
    },
    /// `selfie-progress`.
    Progress(Phase),
    /// `selfie-verified` or `selfie-rejected`.
    Verdict {
        /// What it says.
        judgement: Judgement,
        /// What was measured of the photo.
        luminance: Option<Luminance>,
        /// What is known of the photo.
        evidence: Option<Rc<Evidence>>,
    },
    /// `selfie-cancelled`.
    Cancelled,
    /// `selfie-error`.
    Error(ErrorCode),
}

/// What a screen reader is told within a screen. What a new screen says, it says by its focused heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// The camera shows a picture.
    CameraReady {
        /// Whether there is a shutter; else the photo is taken by itself.
        shutter: bool,
    },
    /// The shutter has appeared.
    Shutter,
    /// The guidance changed.
    Hint(Hint),
    /// The challenge begins anew.
    ChallengeAgain,
    /// Seconds until the photo is taken.
    Countdown(u8),
    /// The photo is being sent: this many quarters of it have left, 1 to 3.
    Quarter(u8),
    /// The photo has arrived and is being compared.
    Verifying,
    /// There is no network; the photo waits.
    WaitingForNetwork,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a camera. Answered by `CameraOpened` or `CameraFailed`, later perhaps `CameraEnded`.
    OpenCamera {
        /// The id of this request.
        generation: Generation,
        /// Which camera.
        choice: CameraChoice,
    },
    /// Measure the open camera's frames until it closes. Answered by `FrameMeasured`, again and again.
    Measure {
        /// The generation of the camera.
        generation: Generation,
    },
    /// Look at the open camera's frames until it closes. Answered by `FrameAnalysed`, again and again, or by `VisionUnavailable`.
    Analyse {
        /// The generation of the camera.
        generation: Generation,
    },
    /// Draw a number that the page can't foresee. Answered by `SeedDrawn`.
    DrawSeed {
        /// The id of this request.
        generation: Generation,
    },
    /// Make a photo, after the page had its say by `selfie-capture` where it is a new one. Answered by `PhotoReady` or
    /// `GrabFailed`.
    Grab {
        /// The id of this request.
        generation: Generation,
        /// What to make it of.
        source: PhotoSource,
    },
    /// Ask the relay for a signed link. Answered by `LinkReady` or `LinkFailed`.
    RequestLink {
        /// The id of this request.
        generation: Generation,
    },
    /// Send the photo to S3. Answered by `UploadProgress`, and by `Uploaded` or `UploadFailed`.
    Upload {
        /// The id of this request.
        generation: Generation,
        /// Where to.
        link: LinkId,
        /// What.
        photo: PhotoId,
        /// Whether to leave `Content-Type` out, for an old-style V2 link that did not count on it.
        plain: bool,
        /// Whether this link was tried before.
        again: bool,
    },
    /// Ask the relay for the verdict. Answered by `VerifyDone` or `VerifyFailed`.
    Verify {
        /// The id of this request.
        generation: Generation,
        /// The link that the photo went to.
        link: LinkId,
    },
    /// Set a timer, in place of an earlier one of its name. Answered by `Tick`.
    StartTimer {
        /// Which timer.
        timer: Timer,
        /// The id of this setting.
        generation: Generation,
        /// How long.
        delay: Delay,
    },
    /// Tell the page.
    Emit(Notice),
    /// Tell a screen reader.
    Announce(Announcement),
    /// Move the keyboard's focus to the heading of the screen that is now shown.
    Focus,
}
