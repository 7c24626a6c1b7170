//! The quality of a face's picture, in the terms of ISO/IEC 29794-5:2025 ([`read`]).
//!
//! The standard's reference implementation (OFIQ, <https://github.com/BSI-OFIQ/OFIQ-Project>, version 1.0.3) finds 98
//! landmarks and segments the face, with neural networks of 450 MB. This module has only six keypoints. The consequences:
//!
//! - The standard needs the chin: `geometry` estimates it from the eyes and the mouth.
//! - It needs the contour of the face: `crop` takes a circle. Its intersection over union with the convex hull of brows
//!   and jaw is 0.83 (mean of 60 views of 16 faces, with a 468-point mesh; minimum 0.68).
//! - For exposure, OFIQ ignores pixels that are covered. Here glasses and hands count.
//! - Sharpness and compression artefacts are learned models in OFIQ. Here they are classical measures (`detail`): they
//!   have the standard's names, but other values and no scores.
//! - Eyes open, mouth closed and pitch are not measured. Six keypoints estimate the pitch no better than a constant does
//!   (5.2° mean error against the mesh), and contain nothing about lids and lips. A network of 68 points takes 59 kB
//!   compressed, almost half of the module (`docs/decisions/0016-landmarks.md`). Between frames of one burst, the contrast
//!   of the eyes tells open eyes from closed ones (`eyes`).
//! - Expression, occlusion, background, head covering and the unified score need more networks, so they are left out.
//!
//! A frame is read once. The region of the face is scaled to a small square, and everything is measured there, with two
//! exceptions: the two zones on the cheeks, and compression, which is visible only in pixels that were not scaled.
//! `evaluation/vision/quality.md` shows how well the values agree with OFIQ's formulas on a finer mask.

mod crop;
mod detail;
mod eyes;
mod geometry;
mod light;
mod maths;
mod readings;
mod score;
mod zones;

pub use crop::Scratch;

use crate::face::Face;
use crate::frame::Frame;
use crate::measure::{Measure, Reading};
use geometry::Pose;
use readings::Readings;

/// Returns the main face: the one with the largest box.
#[must_use]
pub fn main_face(faces: &[Face]) -> Option<&Face> {
    let area = |face: &Face| face.bounds.width * face.bounds.height;
    faces.iter().reduce(|largest, face| if area(face) > area(largest) { face } else { largest })
}

/// Takes every measure of the main face that this frame allows. `previous` is the main face of the last frame and its
/// time, `at` the time of this frame; both times are in milliseconds.
pub fn read(
    scratch: &mut Scratch,
    frame: Frame<'_>,
    faces: &[Face],
    previous: Option<(Face, f64)>,
    at: f64,
) -> [Option<Reading>; Measure::ALL.len()] {
    let mut readings = Readings::default();
    let Some(face) = main_face(faces) else { return readings.0 };
    readings.put(Measure::SingleFacePresent, geometry::second_to_largest(faces));
    let Some(pose) = Pose::of(face) else { return readings.0 };
    pose.read(frame, &mut readings);
    if let Some(speed) = previous.and_then(|(before, then)| geometry::motion(&before, face, at - then)) {
        readings.put(Measure::Motion, speed);
    }
    if let Some(contrast) = eyes::contrast(frame, face) {
        readings.put(Measure::EyeContrast, contrast);
    }
    if scratch.crop(frame, &pose) {
        light::read(&scratch.histogram, &mut readings);
        if let Some(sharpness) = detail::sharpness(scratch) {
            readings.put(Measure::Sharpness, sharpness);
        }
    }
    zones::read(scratch, frame, &pose, &mut readings);
    if frame.is_unscaled()
        && let Some(blockiness) = detail::blockiness(scratch, frame, &pose)
    {
        readings.put(Measure::CompressionArtefacts, blockiness);
    }
    readings.0
}
