//! What a face's picture is worth, in the terms of ISO/IEC 29794-5:2025 ([`read`]).
//!
//! The standard's reference implementation (OFIQ, <https://github.com/BSI-OFIQ/OFIQ-Project>, read at 1.0.3) finds 98
//! landmarks and segments the face with neural networks of 450 MB. Here are six keypoints. What follows from that:
//!
//! - Where the standard asks for the chin, `geometry` reckons it from the eyes and the mouth.
//! - Where it asks for the face's contour, `crop` takes a circle, which shares 0.83 of their union with the hull of
//!   brows and jaw (mean of 60 views of 16 faces by a 468-point mesh; 0.68 at least).
//! - For exposure, OFIQ leaves out what covers the face; glasses and hands are not left out here.
//! - Sharpness and compression artefacts are learned models in OFIQ. Here they are classical measures of their own
//!   (`detail`), so they bear the standard's names, but neither its values nor its scores.
//! - Eyes open, mouth closed and pitch are not measured. The six keypoints tell a pitch no better than always saying
//!   «straight» would (5.2° mean error against the mesh), and nothing of lids and lips. A net of 68 points takes 59 kB
//!   compressed, two fifths of the 150 kB that the whole module may weigh, and a second inference for every frame. No
//!   instruction to the person hangs on it, and a photo with closed eyes is seen on the review screen: left out.
//! - Expression, occlusion, background, head covering and the unified score need networks too, and are left out.
//!
//! A frame is read once: the face's surroundings are brought to a small square, and all is measured there but for
//! two zones of the cheeks, and for compression, which shows only in pixels that nobody has scaled.
//! `evaluation/vision/quality.md` has how well the values agree with OFIQ's formulas on a finer mask.

mod crop;
mod detail;
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

/// The main face: the one whose box is the largest.
#[must_use]
pub fn main_face(faces: &[Face]) -> Option<&Face> {
    let area = |face: &Face| face.bounds.width * face.bounds.height;
    faces.iter().reduce(|largest, face| if area(face) > area(largest) { face } else { largest })
}

/// Takes every measure of the main face that this frame allows. `previous` is the main face of the frame before, and
/// when that was taken; `at` is when this one was: milliseconds both.
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
