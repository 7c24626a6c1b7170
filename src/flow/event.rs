//! What can happen ([`Event`]): done by the person, by the browser or by the page.

use std::time::Duration;

use akiba_protocol::{Judgement, UploadFailure};
use akiba_vision::Report;

use super::camera::CameraInfo;
use super::error::ErrorCode;
use super::failure::{GrabFailure, RelayFailure};
use super::photo::{FileId, Generation, LinkId, Luminance, Photo};
use super::timer::Timer;

/// Something that happened. Every answer to an effect carries the [`Generation`] of that effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The person, or the page by `start()`, wants to begin.
    Start,
    /// The person agreed to what the consent screen says.
    Consented,
    /// The person, or the page by `capture()`, wants the photo now.
    Shutter,
    /// The person, or the page by `retake()`, wants another photo.
    Retake,
    /// The person, or the page by `submit()`, wants to send this photo; also again, where sending it failed.
    Accept,
    /// The person wants to go on: after a failure, or now rather than after a pause.
    Retry,
    /// The person wants the device's other camera.
    SwitchCamera,
    /// The person looks for a file: no photo may be taken meanwhile.
    Choosing,
    /// The person chose none.
    ChoseNone,
    /// The person chose a file, which the runner holds under this id.
    FilePicked(FileId),
    /// The person can't do the movement that they are asked for, or does not want to.
    SkipChallenge,
    /// The person, or the page by `cancel()`, gives up.
    Cancel,
    /// The page wants the widget as it was at first.
    Reset,

    /// The camera runs.
    CameraOpened {
        /// The request that this answers.
        generation: Generation,
        /// What is known of the camera.
        info: CameraInfo,
    },
    /// The camera could not be opened.
    CameraFailed {
        /// The request that this answers.
        generation: Generation,
        /// Why.
        error: ErrorCode,
    },
    /// The camera stopped by itself.
    CameraEnded {
        /// The request that opened it.
        generation: Generation,
    },
    /// A frame was measured.
    FrameMeasured {
        /// The request that opened the camera.
        generation: Generation,
        /// What was measured.
        luminance: Luminance,
    },
    /// A frame was looked at.
    FrameAnalysed {
        /// The request that opened the camera.
        generation: Generation,
        /// What came of it.
        report: Box<Report>,
        /// When the frame was taken, in milliseconds of a clock that never goes back.
        at: f64,
        /// Width by height of the picture as it is shown: the frame covers it, and what sticks out is cut off on both
        /// sides.
        aspect: f32,
    },
    /// Frames can't be looked at on this device, or no longer. The photo is then taken by hand.
    VisionUnavailable {
        /// The request that opened the camera.
        generation: Generation,
    },
    /// A number was drawn.
    SeedDrawn {
        /// The request that this answers.
        generation: Generation,
        /// Any number, each as likely as the other.
        seed: u32,
    },
    /// A timer ran out.
    Tick {
        /// Which one.
        timer: Timer,
        /// The setting of it that ran out.
        generation: Generation,
    },
    /// A photo is ready.
    PhotoReady {
        /// The request that this answers.
        generation: Generation,
        /// What is known of the photo.
        photo: Photo,
        /// What came of looking at it; `None` where nobody can.
        report: Option<Box<Report>>,
    },
    /// No photo came of it.
    GrabFailed {
        /// The request that this answers.
        generation: Generation,
        /// Why.
        failure: GrabFailure,
    },
    /// The relay gave a signed link.
    LinkReady {
        /// The request that this answers.
        generation: Generation,
        /// The link, which the runner holds.
        link: LinkId,
        /// How long it lives from now; `None` where it does not say.
        life: Option<Duration>,
    },
    /// The relay gave no link.
    LinkFailed {
        /// The request that this answers.
        generation: Generation,
        /// Why.
        failure: RelayFailure,
    },
    /// Some of the photo is on its way.
    UploadProgress {
        /// The request that this answers.
        generation: Generation,
        /// Bytes sent.
        sent: u32,
        /// Bytes in all.
        total: u32,
    },
    /// S3 has the photo.
    Uploaded {
        /// The request that this answers.
        generation: Generation,
    },
    /// S3 does not have the photo.
    UploadFailed {
        /// The request that this answers.
        generation: Generation,
        /// Why.
        failure: UploadFailure,
    },
    /// The vendor judged the selfie.
    VerifyDone {
        /// The request that this answers.
        generation: Generation,
        /// What it says.
        judgement: Judgement,
    },
    /// No verdict.
    VerifyFailed {
        /// The request that this answers.
        generation: Generation,
        /// Why.
        failure: RelayFailure,
    },
    /// The browser says that there is a network. A hint, not a fact.
    Online,
    /// The browser says that there is none. A hint, not a fact.
    Offline,
    /// The page went out of sight.
    Hidden,
    /// The page is seen again.
    Visible,

    /// The page changed the element's settings, and they are good.
    ConfigChanged {
        /// Whether the new settings speak of another customer or another relay.
        customer: bool,
    },
    /// The page changed the element's settings, and they can't be used.
    ConfigRefused,
    /// The element left the document.
    Disconnected,
}

impl Event {
    /// Whether the person or the page did it, rather than the browser.
    #[must_use]
    pub fn by_person_or_page(&self) -> bool {
        matches!(
            self,
            Self::Start
                | Self::Consented
                | Self::Shutter
                | Self::Retake
                | Self::Accept
                | Self::Retry
                | Self::SwitchCamera
                | Self::FilePicked(_)
                | Self::Choosing
                | Self::ChoseNone
                | Self::SkipChallenge
                | Self::Cancel
                | Self::Reset
        )
    }
}
