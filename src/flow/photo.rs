//! The photo as state and screen know it ([`Photo`]), and the ids of the things that the runner holds.

use akiba_protocol::CameraKind;

/// The id of one request or of one start of a timer. An answer with another id than the expected one is stale and
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

/// Where a photo comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoOrigin {
    /// The camera, within this page.
    Camera(CameraKind),
    /// A file that the person chose, or took with the device's camera app.
    File,
}

impl PhotoOrigin {
    /// Returns the word for it, for the page and the relay.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Camera(_) => "camera",
            Self::File => "file",
        }
    }
}

/// The properties of a photo: a JPEG without metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Photo {
    /// The id under which the runner holds it.
    pub id: PhotoId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u32,
    /// The measured luminance; `None` if the browser blocks reading pixels.
    pub luminance: Option<Luminance>,
}

/// The luminance of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Luminance {
    /// Mean luminance (Rec. 709 luma of the sRGB values), 0 black to 1 white.
    pub mean: f32,
    /// Variance of the luminance, 0 to 0.25; 0 is one even colour.
    pub variance: f32,
}
