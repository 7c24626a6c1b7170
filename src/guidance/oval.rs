//! Where a face is in the oval that the person sees ([`in_oval`]).
//!
//! The guide is drawn on a grid of 270 by 360 that is as large as fits the picture, and the frame covers the picture: what
//! sticks out is cut off on both sides. So the place of the oval in the frame follows from the two shapes.

use akiba_vision::{Face, Keypoint, Report};

/// The guide's grid, as in the viewfinder.
const GRID: (f32, f32) = (270.0, 360.0);
/// The oval's middle below the grid's, and its width.
const ABOVE: f32 = 24.0;
const WIDTH: f32 = 198.0;

/// A face in the oval; lengths are in widths of the oval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InOval {
    /// How wide the face is.
    pub(super) width: f32,
    /// How far its middle is to the right of the oval's, in the frame: not mirrored.
    pub(super) right: f32,
    /// How far its eyes are below the oval's middle.
    pub(super) below: f32,
}

/// Where the face is, if the numbers make sense.
pub(super) fn in_oval(report: &Report, face: &Face, aspect: f32) -> Option<InOval> {
    let (width, height) = (report.width, report.height);
    let own = width / height;
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { own };
    let (shown_width, shown_height) = if own > aspect { (height * aspect, height) } else { (width, width / aspect) };
    let scale = (shown_width / GRID.0).min(shown_height / GRID.1);
    let oval = WIDTH * scale;
    let eyes = (face.at(Keypoint::RightEye).y + face.at(Keypoint::LeftEye).y) / 2.0;
    let place = InOval {
        width: face.bounds.width / oval,
        right: (face.bounds.left + face.bounds.width / 2.0 - width / 2.0) / oval,
        below: (eyes - (height / 2.0 - ABOVE * scale)) / oval,
    };
    [place.width, place.right, place.below].iter().all(|number| number.is_finite()).then_some(place)
}
