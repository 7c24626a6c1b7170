//! Analyses frames ([`Analyser`]).

use crate::brightness::brightness;
use crate::detector::Detector;
use crate::face::Face;
use crate::frame::Frame;
use crate::quality::{self, Scratch, main_face};
use crate::report::Report;

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
        let faces = self.detector.faces(frame);
        let readings = quality::read(&mut self.scratch, frame, &faces, previous, at);
        Report {
            width: frame.width() as f32,
            height: frame.height() as f32,
            frame_mean,
            frame_variance,
            faces: u8::try_from(faces.len()).unwrap_or(u8::MAX),
            face: main_face(&faces).copied(),
            readings,
        }
    }
}
