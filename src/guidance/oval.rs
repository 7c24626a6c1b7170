//! Locates a face in the oval that the person sees ([`in_oval`]).
//!
//! The oval is drawn on a grid of 270 by 360, as large as fits into the picture. The picture is the part of the frame that
//! is analysed (see [`crop`](super::crop())), so the oval's place follows from the picture's shape.

use akiba_vision::{Face, Keypoint, Report};

/// The size of the grid, as in the viewfinder.
const GRID: (f32, f32) = (270.0, 360.0);
/// How far the oval's middle is above the grid's, and the oval's width.
const ABOVE: f32 = 24.0;
const WIDTH: f32 = 198.0;

/// A face relative to the oval; lengths are in oval widths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InOval {
    /// The width of the face.
    pub(super) width: f32,
    /// How far its middle is to the right of the oval's, as the camera sees it (not mirrored).
    pub(super) right: f32,
    /// How far its eyes are below the oval's middle.
    pub(super) below: f32,
}

/// Locates the face. Returns `None` if the numbers make no sense.
pub(super) fn in_oval(report: &Report, face: &Face) -> Option<InOval> {
    let (width, height) = (report.width, report.height);
    let scale = (width / GRID.0).min(height / GRID.1);
    let oval = WIDTH * scale;
    let eyes = (face.at(Keypoint::RightEye).y + face.at(Keypoint::LeftEye).y) / 2.0;
    let place = InOval {
        width: face.bounds.width / oval,
        right: (face.bounds.left + face.bounds.width / 2.0 - width / 2.0) / oval,
        below: (eyes - (height / 2.0 - ABOVE * scale)) / oval,
    };
    [place.width, place.right, place.below].iter().all(|number| number.is_finite()).then_some(place)
}
