//! Finds faces with BlazeFace short range, a network of MediaPipe (Apache-2.0), as a fixed graph in integers ([`Detector`]).

mod candidate;
mod input;
mod kernels;
mod layers;
mod network;
mod stream;
mod weights;

use crate::face::{Face, Point, Rect};
use crate::frame::Frame;
use candidate::{Candidate, merge};
use input::{Fit, fill};
use network::{Network, Part};

/// Minimum score of a guess before the logistic function: ½ after it, as in the reference. All such guesses contribute to
/// the position of the face.
const GUESS: f32 = 0.0;

/// Finds faces in frames. It allocates its buffers once, so reuse it.
#[derive(Debug)]
pub struct Detector {
    network: Network,
}

impl Default for Detector {
    fn default() -> Self {
        Self { network: Network::new() }
    }
}

impl Detector {
    /// Returns the faces in a frame, the largest first.
    #[must_use]
    pub fn faces(&mut self, frame: Frame<'_>) -> Vec<Face> {
        self.find(frame, Candidate::plausible)
    }

    /// Returns what MediaPipe would report, the largest first: everything with a score of at least ½, whatever its shape.
    /// In noise, that is a face in one of seven frames.
    #[must_use]
    pub fn guesses(&mut self, frame: Frame<'_>) -> Vec<Face> {
        self.find(frame, |_| true)
    }

    fn find(&mut self, frame: Frame<'_>, wanted: impl Fn(&Candidate) -> bool) -> Vec<Face> {
        let fit = Fit::of(frame);
        let part = fill(&mut self.network.tensor, frame, fit);
        let mut candidates = self.candidates(part);
        candidates.retain(wanted);
        let mut faces: Vec<_> = candidates.iter().map(|face| placed(face, fit)).collect();
        faces.sort_by(|one, two| two.bounds.width.total_cmp(&one.bounds.width));
        faces
    }

    fn candidates(&mut self, part: Part) -> Vec<Candidate> {
        self.network.run(part);
        let mut candidates = vec![];
        self.network.guesses(GUESS, |centre, logit, place| candidates.push(Candidate::new(centre, logit, place)));
        merge(candidates)
    }
}

/// Converts a candidate to pixels of the frame.
fn placed(candidate: &Candidate, fit: Fit) -> Face {
    let place = |x: f32, y: f32| Point { x: x * fit.scale + fit.left, y: y * fit.scale + fit.top };
    let [left, top, right, bottom] = candidate.bounds;
    let corner = place(left, top);
    Face {
        score: candidate.score,
        bounds: Rect {
            left: corner.x,
            top: corner.y,
            width: (right - left) * fit.scale,
            height: (bottom - top) * fit.scale,
        },
        keypoints: candidate.keypoints.map(|point| place(point.x, point.y)),
    }
}
