//! From the network's guesses to faces: overlapping guesses become one face ([`merge`]), and candidates without the shape
//! of a face are dropped ([`Candidate::plausible`]).

use super::layers::{INPUT, PLACE};
use crate::face::{Keypoint, Point};

/// Minimum score of a face. The reference uses ½ and then finds a face in one of seven pictures of noise.
const SCORE: f32 = 0.7;
/// A face narrower than this share of the picture needs a higher score: texture looks like a small face more often.
const SMALL: f32 = 0.2;
/// Minimum score of a small face.
const SMALL_SCORE: f32 = 0.85;
/// The eyes' distance as a share of the box's width. Upright faces have 0.36 to 0.51, turned ones less.
const EYES: [f32; 2] = [0.27, 0.6];
/// Maximum tilt of the line of the eyes, as a cosine: 60°.
const LEVEL: f32 = 0.5;
/// Distance of nose and mouth below the line of the eyes, in eye distances.
const NOSE: [f32; 2] = [0.15, 1.1];
const MOUTH: [f32; 2] = [0.7, 1.7];
/// Maximum distance of the mouth from the middle of the eyes along their line, in eye distances.
const ASIDE: f32 = 0.5;
/// Minimum distance of the ears, in eye distances.
const EARS: f32 = 1.2;

/// Minimum intersection over union of two boxes of one face.
const OVERLAP: f32 = 0.3;

/// A possible face, in pixels of the tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    pub(super) score: f32,
    /// Left, top, right, bottom.
    pub(super) bounds: [f32; 4],
    pub(super) keypoints: [Point; 6],
}

impl Candidate {
    /// Decodes a guess of the network for the pixel with this centre.
    pub(super) fn new([x, y]: [f32; 2], logit: f32, place: &[f32; PLACE]) -> Self {
        let [across, down, width, height, points @ ..] = place;
        let (x0, y0) = (x + across - width / 2.0, y + down - height / 2.0);
        Self {
            score: 1.0 / (1.0 + (-logit).exp()),
            bounds: [x0, y0, x0 + width, y0 + height],
            keypoints: std::array::from_fn(|index| Point { x: x + points[2 * index], y: y + points[2 * index + 1] }),
        }
    }

    /// Whether this is a face, by its score and by the geometry of its keypoints. The limits include faces that are turned
    /// by 40° or tilted by 45°.
    pub(super) fn plausible(&self) -> bool {
        let width = self.bounds[2] - self.bounds[0];
        let least = if width < SMALL * INPUT as f32 { SMALL_SCORE } else { SCORE };
        let at = |keypoint: Keypoint| self.keypoints[keypoint as usize];
        let (right, left) = (at(Keypoint::RightEye), at(Keypoint::LeftEye));
        let (across, down) = (left.x - right.x, left.y - right.y);
        let eyes = across.hypot(down);
        // In the face's own coordinates: from the middle of the eyes, along their line and down from it.
        let place = |keypoint: Keypoint| {
            let (x, y) = (at(keypoint).x - (left.x + right.x) / 2.0, at(keypoint).y - (left.y + right.y) / 2.0);
            Point { x: (x * across + y * down) / (eyes * eyes), y: (y * across - x * down) / (eyes * eyes) }
        };
        let within = |value: f32, [least, most]: [f32; 2]| least <= value && value <= most;
        let (mouth, ears) = (place(Keypoint::Mouth), [Keypoint::RightTragion, Keypoint::LeftTragion].map(place));
        self.score >= least
            && within(eyes / width, EYES)
            && across >= LEVEL * eyes
            && within(place(Keypoint::NoseTip).y, NOSE)
            && within(mouth.y, MOUTH)
            && mouth.x.abs() <= ASIDE
            && ears[1].x - ears[0].x >= EARS
    }

    fn area(&self) -> f32 {
        let [left, top, right, bottom] = self.bounds;
        (right - left) * (bottom - top)
    }

    /// Returns the intersection over union.
    fn overlap(&self, other: &Self) -> f32 {
        let (one, two) = (self.bounds, other.bounds);
        let across = (one[2].min(two[2]) - one[0].max(two[0])).max(0.0);
        let down = (one[3].min(two[3]) - one[1].max(two[1])).max(0.0);
        let shared = across * down;
        shared / (self.area() + other.area() - shared).max(f32::MIN_POSITIVE)
    }
}

/// Merges overlapping candidates into one: their mean weighted by score, with the best score (MediaPipe's weighted
/// non-maximum suppression). Returns the best first.
pub(super) fn merge(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|one, two| two.score.total_cmp(&one.score));
    let mut faces = vec![];
    while let Some(&best) = candidates.first() {
        let mut sum = Candidate::default();
        // The best is always removed, even if its box is empty and so overlaps nothing.
        let mut first = true;
        candidates.retain(|candidate| {
            let same = std::mem::take(&mut first) || best.overlap(candidate) > OVERLAP;
            if same {
                sum.score += candidate.score;
                for (sum, number) in sum.bounds.iter_mut().zip(candidate.bounds) {
                    *sum += number * candidate.score;
                }
                for (sum, point) in sum.keypoints.iter_mut().zip(candidate.keypoints) {
                    *sum = Point { x: sum.x + point.x * candidate.score, y: sum.y + point.y * candidate.score };
                }
            }
            !same
        });
        faces.push(Candidate {
            score: best.score,
            bounds: sum.bounds.map(|number| number / sum.score),
            keypoints: sum.keypoints.map(|point| Point { x: point.x / sum.score, y: point.y / sum.score }),
        });
    }
    faces
}
