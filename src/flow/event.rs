//! The flow's input ([`Event`]): actions of the person, of the browser or of the page.

use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::{Judgement, UploadFailure};
use akiba_vision::Report;

use crate::guidance::Flaw;

use super::camera::CameraInfo;
use super::error::ErrorCode;
use super::failure::{GrabFailure, RelayFailure};
use super::photo::{FileId, Generation, LinkId, Luminance, Photo};
use super::timer::Timer;

/// An input of the flow. Every answer to an effect carries the [`Generation`] of that effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The person, or the page by `start()`, starts.
    Start,
    /// The person accepted the consent screen.
    Consented,
    /// The person, or the page by `capture()`, takes the photo now.
    Shutter,
    /// The person, or the page by `retake()`, asks for another photo.
    Retake,
    /// The person, or the page by `submit()`, sends this photo; also again after a failure.
    Accept,
    /// The person continues: after a failure, without waiting for a pause to end, or without a phone.
    Retry,
    /// The person asks for the device's other camera.
    SwitchCamera,
    /// The person opened a file dialog: no photo may be taken meanwhile.
    Choosing,
    /// The person closed the file dialog without a choice.
    ChoseNone,
    /// The person chose a file, which the runner holds under this id.
    FilePicked(FileId),
    /// The person can't or won't do the requested movement.
    SkipChallenge,
    /// The person can't take a selfie, and leaves for the page's other way.
    OtherWay,
    /// The person wants to take the selfie on a phone.
    UsePhone,
    /// The person wants to press the button, although the photo would be taken automatically.
    ByHand,
    /// The person, or the page by `cancel()`, cancels.
    Cancel,
    /// The person read a failure that only the page's owner can mend.
    Close,
    /// The page resets the widget.
    Reset,

    /// The camera is on.
    CameraOpened {
        /// The request that this answers.
        generation: Generation,
        /// The camera's properties.
        info: CameraInfo,
    },
    /// The browser listed its cameras while it opened one.
    CamerasListed {
        /// The request that opens it.
        generation: Generation,
        /// Their number.
        cameras: u8,
    },
    /// The camera is on, but the browser shows it only after a tap.
    CameraNeedsTap {
        /// The request that opens it.
        generation: Generation,
    },
    /// The camera could not be opened.
    CameraFailed {
        /// The request that this answers.
        generation: Generation,
        /// The reason.
        error: ErrorCode,
    },
    /// The camera stopped by itself.
    CameraEnded {
        /// The request that opened it.
        generation: Generation,
    },
    /// The camera sends no new frames: a call or another program has it, or the video may not play.
    CameraFroze {
        /// The request that opened it.
        generation: Generation,
    },
    /// The camera sends frames again.
    CameraThawed {
        /// The request that opened it.
        generation: Generation,
    },
    /// A frame was measured.
    FrameMeasured {
        /// The request that opened the camera.
        generation: Generation,
        /// The measured luminance.
        luminance: Luminance,
    },
    /// A frame was analysed.
    FrameAnalysed {
        /// The request that opened the camera.
        generation: Generation,
        /// The analysis of the part that is shown.
        report: Box<Report>,
        /// The time of the frame, in milliseconds of a monotonic clock.
        at: f64,
    },
    /// Frames can't be analysed on this device, or not yet. The person takes the photo by hand. Reports may follow.
    VisionUnavailable {
        /// The request that opened the camera.
        generation: Generation,
        /// Why, for the page.
        cause: Rc<str>,
    },
    /// A random number was drawn.
    SeedDrawn {
        /// The request that this answers.
        generation: Generation,
        /// A number from a uniform distribution.
        seed: u32,
    },
    /// A timer ran out.
    Tick {
        /// The timer.
        timer: Timer,
        /// The start that this timer belongs to.
        generation: Generation,
    },
    /// The frame for the photo is drawn, so the camera is no longer needed.
    FrameDrawn {
        /// The request for the photo.
        generation: Generation,
    },
    /// A photo is ready.
    PhotoReady {
        /// The request that this answers.
        generation: Generation,
        /// The photo's properties.
        photo: Photo,
        /// The analysis of the photo; `None` if it is impossible.
        report: Option<Box<Report>>,
    },
    /// No photo could be made.
    GrabFailed {
        /// The request that this answers.
        generation: Generation,
        /// The reason.
        failure: GrabFailure,
    },
    /// The relay issued a signed link.
    LinkReady {
        /// The request that this answers.
        generation: Generation,
        /// The link, which the runner holds.
        link: LinkId,
        /// How long it is valid from now; `None` if it does not say.
        life: Option<Duration>,
    },
    /// The relay issued no link.
    LinkFailed {
        /// The request that this answers.
        generation: Generation,
        /// The reason.
        failure: RelayFailure,
    },
    /// A part of the photo was sent.
    UploadProgress {
        /// The request that this answers.
        generation: Generation,
        /// Bytes sent.
        sent: u32,
        /// Bytes in total.
        total: u32,
    },
    /// S3 stored the photo.
    Uploaded {
        /// The request that this answers.
        generation: Generation,
    },
    /// S3 did not store the photo.
    UploadFailed {
        /// The request that this answers.
        generation: Generation,
        /// The reason.
        failure: UploadFailure,
    },
    /// The vendor returned a verdict.
    VerifyDone {
        /// The request that this answers.
        generation: Generation,
        /// The result.
        judgement: Judgement,
        /// The flaw of the photo that the vendor names.
        flaw: Option<Flaw>,
    },
    /// The verdict request failed.
    VerifyFailed {
        /// The request that this answers.
        generation: Generation,
        /// The reason.
        failure: RelayFailure,
    },
    /// The browser reports a network. A hint, not a fact.
    Online,
    /// The browser reports a lost network. A hint, not a fact.
    Offline,
    /// The page was hidden.
    Hidden,
    /// The page is visible again.
    Visible,
    /// The person left the page. The browser may keep it and show it again as it was.
    PageLeft,

    /// The page changed the element's settings; they are valid.
    ConfigChanged {
        /// Whether the new settings name another customer or another relay.
        customer: bool,
        /// Whether they name another camera.
        camera: bool,
    },
    /// The page changed the element's settings; they are invalid.
    ConfigRefused,
    /// The element was removed from the document.
    Disconnected,
}

impl Event {
    /// Whether the person or the page caused it, rather than the browser.
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
                | Self::OtherWay
                | Self::UsePhone
                | Self::ByHand
                | Self::Cancel
                | Self::Close
                | Self::Reset
        )
    }
}
