//! What state and screen share about a photo ([`Photo`]), and the ids by which the flow names what the runner holds.

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
    pub luminance: Option<Luminance>,
}

/// What is measured of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Luminance {
    /// Mean luminance (Rec. 709 luma of the sRGB values), 0 black to 1 white.
    pub mean: f32,
    /// Variance of the same, 0 to 0.25; 0 is one even colour.
    pub variance: f32,
}
