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
        let report = self.look(frame, self.previous, at);
        self.previous = report.face.map(|face| (face, at));
        report
    }

    /// Looks at a photo by itself: it has no motion, and leaves none to the camera's next frame.
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
