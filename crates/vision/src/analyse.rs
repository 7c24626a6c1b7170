//! Analyses frames ([`Analyser`]).

use crate::brightness::brightness;
use crate::detector::Detector;
use crate::face::{Face, Rect};
use crate::frame::Frame;
use crate::quality::{self, Scratch, main_face};
use crate::report::Report;

/// A face that is less than this many times as wide as the main face does not count: it is over twice as far away, as
/// somebody in the background or on a picture is.
const NEAR: f32 = 0.5;

/// Analyses the frames of one camera. It keeps its buffers and the last face from frame to frame.
#[derive(Debug, Default)]
pub struct Analyser {
    detector: Detector,
    scratch: Scratch,
    /// The main face of the last frame, and its time.
    previous: Option<(Face, f64)>,
}

impl Analyser {
    /// Analyses a frame that was taken at `at` milliseconds. Any origin of time will do.
    #[must_use]
    pub fn analyse(&mut self, frame: Frame<'_>, at: f64) -> Report {
        let report = self.look(frame, self.previous, at);
        self.previous = report.face.map(|face| (face, at));
        report
    }

    /// Analyses a photo. It has no motion, and the motion of the next frame does not depend on it.
    #[must_use]
    pub fn analyse_still(&mut self, frame: Frame<'_>) -> Report {
        self.look(frame, None, 0.0)
    }

    fn look(&mut self, frame: Frame<'_>, previous: Option<(Face, f64)>, at: f64) -> Report {
        let (frame_mean, frame_variance) = brightness(frame);
        let mut faces = self.detector.faces(frame);
        faces.retain(|face| is_inside(face, frame));
        let readings = quality::read(&mut self.scratch, frame, &faces, previous, at);
        Report {
            width: frame.width() as f32,
            height: frame.height() as f32,
            frame_mean,
            frame_variance,
            faces: count(&faces),
            face: main_face(&faces).copied(),
            readings,
        }
    }
}

/// Whether the middle of the face is in the frame. A face at the edge belongs to somebody beside it.
fn is_inside(face: &Face, frame: Frame<'_>) -> bool {
    let Rect { left, top, width, height } = face.bounds;
    let within = |middle: f32, length: usize| (0.0..=length as f32).contains(&middle);
    within(left + width / 2.0, frame.width()) && within(top + height / 2.0, frame.height())
}

/// Counts the faces that are about as near as the main face.
fn count(faces: &[Face]) -> u8 {
    let main = main_face(faces).map_or(0.0, |face| face.bounds.width);
    let near = faces.iter().filter(|face| face.bounds.width >= NEAR * main).count();
    u8::try_from(near).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Point;

    fn face(left: f32, width: f32) -> Face {
        Face { score: 0.9, bounds: Rect { left, top: 100.0, width, height: width }, keypoints: [Point::default(); 6] }
    }

    #[test]
    fn a_small_far_face_does_not_count() {
        for (widths, counted) in [
            (vec![], 0),
            (vec![200.0], 1),
            (vec![200.0, 99.0], 1),
            (vec![200.0, 101.0], 2),
            (vec![200.0, 200.0, 60.0, 50.0], 2),
        ] {
            let faces: Vec<_> = widths.iter().map(|width| face(100.0, *width)).collect();
            assert_eq!(count(&faces), counted, "{widths:?}");
        }
    }

    #[test]
    fn a_face_that_is_cut_off_in_its_middle_is_not_in_the_frame() {
        let rgba = vec![0; 400 * 300 * 4];
        let frame = Frame::new(&rgba, 400, 300).unwrap();
        for (left, inside) in [(100.0, true), (-90.0, true), (-110.0, false), (290.0, true), (310.0, false)] {
            assert_eq!(is_inside(&face(left, 200.0), frame), inside, "{left}");
        }
    }
}
