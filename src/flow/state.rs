//! What the flow knows ([`State`]). No browser object is in here: photos, links and files are ids into the runner.

use akiba_protocol::Judgement;

use super::error::ErrorCode;

/// The id of one request or one setting of a timer. An answer with another id than the one waited for is stale and
/// changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(pub u32);

/// A photo that the runner holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PhotoId(pub u32);

/// A chosen file that the runner holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(pub u32);

/// A signed link that the runner holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId(pub u32);

/// What is known of a photo: a JPEG without metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Photo {
    /// Where the runner keeps it.
    pub id: PhotoId,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u32,
    /// What was measured of it; `None` where the browser lets nobody read pixels.
    pub quality: Option<Quality>,
}

/// What is measured of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Mean luminance (Rec. 709 luma of the sRGB values), 0 black to 1 white.
    pub luminance_mean: f32,
    /// Variance of the same, 0 to 0.25; 0 is one even colour.
    pub luminance_variance: f32,
}

/// One instruction to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hint {
    /// The camera sends a picture: bring the face into the oval.
    Position,
    /// The camera sends only black: it is covered, or switched off by a key or a shutter.
    NoPicture,
}

impl Hint {
    /// The word for it in `selfie-guidance`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::NoPicture => "no-picture",
        }
    }
}

/// Which camera to open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraChoice {
    /// The one that faces the person.
    #[default]
    Front,
    /// The one that faces away.
    Back,
    /// The device's next one after the last that was open.
    Next,
}

/// What is known of an open camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameraInfo {
    /// Whether the preview is shown as in a mirror: yes for every camera that does not face away.
    pub mirrored: bool,
    /// How many cameras the device has, 1 or more.
    pub cameras: u8,
}

/// Where the camera is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Camera {
    /// Off.
    #[default]
    Closed,
    /// Asked for.
    Opening(Generation),
    /// On.
    Open(Generation, CameraInfo),
}

impl Camera {
    /// The generation, if the camera is asked for or on.
    #[must_use]
    pub fn generation(self) -> Option<Generation> {
        match self {
            Self::Closed => None,
            Self::Opening(generation) | Self::Open(generation, _) => Some(generation),
        }
    }
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

/// What the person sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Screen {
    /// Nothing has begun.
    #[default]
    Idle,
    /// The person is asked to agree.
    Consent,
    /// The camera is being opened.
    Starting {
        /// Whether it takes so long that the person is told where to look.
        slow: bool,
        /// Whether the page is out of sight, and the camera stays off until it is seen again.
        paused: bool,
    },
    /// The person gets ready for the photo.
    Framing {
        /// What they are told.
        hint: Hint,
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
            Self::Starting { .. } => ScreenName::Starting,
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

/// The timers of the flow. Each runs once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Opening the camera takes long.
    CameraSlow,
    /// With `capture="auto"`: the person had time to get ready.
    AutoCapture,
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
    pub const ALL: [Self; 6] =
        [Self::CameraSlow, Self::AutoCapture, Self::Countdown, Self::LinkLife, Self::Stall, Self::Retry];
}

/// How often something was tried in this submission, so that nothing is tried for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// New links asked for because the old one was refused as expired.
    pub relinks: u8,
    /// Whether the photo was sent once more after it had arrived damaged.
    pub resent: bool,
    /// Whether the photo was made smaller.
    pub shrunk: bool,
    /// Whether `Content-Type` is left out.
    pub plain: bool,
    /// Whether the link at hand was tried before.
    pub again: bool,
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
    /// The running timers.
    pub timers: Vec<(Timer, Generation)>,
    /// Counts of this submission.
    pub tally: Tally,
    /// Links asked for before there was a photo.
    pub prefetched: u8,
    /// Black frames in a row.
    pub black_frames: u8,
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
            timers: Vec::new(),
            tally: Tally::default(),
            prefetched: 0,
            black_frames: 0,
            online: true,
            hidden: false,
            generation: Generation(0),
        }
    }
}
