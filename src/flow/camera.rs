//! What state and screen share about the camera: which one is wanted ([`CameraChoice`]), and where it stands ([`CameraState`]).

use crate::config::Facing;

use super::photo::Generation;

/// Which camera to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraChoice {
    /// One that faces this way.
    Facing(Facing),
    /// The device's next one after the last that was open.
    Next,
    /// The one that was last open.
    Last,
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
pub enum CameraState {
    /// Off.
    #[default]
    Closed,
    /// Asked for.
    Opening(Generation),
    /// On.
    Open(Generation, CameraInfo),
}

impl CameraState {
    /// The generation, if the camera is asked for or on.
    #[must_use]
    pub fn generation(self) -> Option<Generation> {
        match self {
            Self::Closed => None,
            Self::Opening(generation) | Self::Open(generation, _) => Some(generation),
        }
    }
}
