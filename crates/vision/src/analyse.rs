//! A frame in, a report out ([`Analyser`]).

use crate::brightness::brightness;
use crate::detector::Detector;
use crate::face::Face;
use crate::frame::Frame;
use crate::quality::{self, Scratch, main_face};
use crate::report::Report;

/// Looks at one frame after the other of the same camera, and keeps what it needs from one to the next.
#[derive(Debug, Default)]
pub struct Analyser {
    detector: Detector,
    scratch: Scratch,
    /// The main face of the frame before, and when that was taken.
    previous: Option<(Face, f64)>,
}

impl Analyser {
    /// Looks at a frame that was taken at this time, in milliseconds from whenever.
    #[must_use]
    pub fn analyse(&mut self, frame: Frame<'_>, at: f64) -> Report {
        let (frame_mean, frame_variance) = brightness(frame);
        let faces = self.detector.faces(frame);
        let readings = quality::read(&mut self.scratch, frame, &faces, self.previous, at);
        let face = main_face(&faces).copied();
        self.previous = face.map(|face| (face, at));
        Report {
            width: frame.width() as f32,
            height: frame.height() as f32,
            frame_mean,
            frame_variance,
            faces: u8::try_from(faces.len()).unwrap_or(u8::MAX),
            face,
            readings,
        }
    }
}
