//! A frame in, a report out ([`Analyser`]).

use crate::frame::Frame;
use crate::measure::Measure;
use crate::report::Report;

/// Looks at one frame after the other of the same camera, and keeps what it needs from one to the next.
#[derive(Debug, Default)]
pub struct Analyser {}

impl Analyser {
    /// Looks at a frame that was taken at this time, in milliseconds from whenever.
    #[must_use]
    pub fn analyse(&mut self, frame: Frame<'_>, at: f64) -> Report {
        let _ = at;
        Report {
            width: frame.width() as f32,
            height: frame.height() as f32,
            frame_mean: 0.0,
            frame_variance: 0.0,
            faces: 0,
            face: None,
            readings: [None; Measure::ALL.len()],
        }
    }
}
