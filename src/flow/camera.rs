//! Camera types shared by state and screen: the requested camera ([`CameraChoice`]) and the camera's state
//! ([`CameraState`]).

use akiba_protocol::CameraKind;

use crate::config::Facing;

use super::photo::Generation;

/// Which camera to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraChoice {
    /// A camera that faces this way.
    Facing(Facing),
    /// The device after the last open one.
    Next,
    /// The last open camera.
    Last,
    /// The camera that the page names, or one that faces this way if there is no such camera.
    Named(Facing),
}

/// The properties of an open camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameraInfo {
    /// Whether the preview is mirrored: yes for every camera that does not face away.
    pub mirrored: bool,
    /// The kind of the camera, a hint for the host.
    pub kind: CameraKind,
    /// Whether a phone probably has a better one.
    pub poor: bool,
    /// The number of cameras of the device, 1 or more.
    pub cameras: u8,
}

/// The state of the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraState {
    /// Off.
    #[default]
    Closed,
    /// Requested.
    Opening(Generation),
    /// On.
    Open(Generation, CameraInfo),
}

impl CameraState {
    /// Returns the generation if the camera is requested or on.
    #[must_use]
    pub fn generation(self) -> Option<Generation> {
        match self {
            Self::Closed => None,
            Self::Opening(generation) | Self::Open(generation, _) => Some(generation),
        }
    }
}
