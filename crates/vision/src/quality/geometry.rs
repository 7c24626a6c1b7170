//! The geometry of a face in its frame, from the six keypoints: pose, head size, crop, margins, motion.

use super::readings::Readings;
use crate::face::{Face, Keypoint, Point};
use crate::frame::Frame;
use crate::measure::Measure;

/// Distance from the point between the eyes to the chin, divided by its distance to the mouth. Measured with a 468-point
/// mesh on 60 views of 16 faces: 1.51 ± 0.08, and 1.60 for a straight face.
const CHIN: f32 = 1.55;
/// Tangent of the yaw, divided by the distance of the nose from the middle of the tragions relative to the distance of the
/// tragions: least squares on the same views, with a mean error of 4.4°.
const NOSE: f32 = 1.07;
/// Tangent of 60°, the limit of the yaw: the keypoints do not distinguish larger angles.
const TURNED: f32 = 1.732;
/// Minimum distance of the eyes in pixels; a smaller face is not measured.
const TOO_SMALL: f32 = 8.0;
/// Maximum time between two frames in milliseconds; with more, motion is unknown.
const TOO_LONG: f64 = 1000.0;

/// Positions of eyes and mouth in the standard's aligned picture of 616 × 616 pixels.
const ALIGNED: [Point; 3] = [Point { x: 251.0, y: 272.0 }, Point { x: 364.0, y: 272.0 }, Point { x: 308.5, y: 402.0 }];
/// Horizontal position of the nose there.
const ALIGNED_NOSE: f32 = 308.0;

/// Position and pose of the face.
pub(super) struct Pose {
    face: Face,
    /// The point between the eyes.
    middle: Point,
    /// In pixels of the frame, before the correction for the yaw.
    inter_eye: f32,
    /// Distance from the point between the eyes to the chin, in pixels.
    chin: f32,
    /// In radians.
    roll: f32,
    /// The tangent of the yaw.
    turn: f32,
    /// One pixel to the right in the aligned picture, as a vector in the frame. One pixel down is (-y, x).
    step: Point,
    /// The corner of the aligned picture, in the frame.
    corner: Point,
}

impl Pose {
    /// Computes the pose; returns `None` if the face is too small.
    pub(super) fn of(face: &Face) -> Option<Self> {
        let [right, left, mouth] = [Keypoint::RightEye, Keypoint::LeftEye, Keypoint::Mouth].map(|point| face.at(point));
        let across = Point { x: left.x - right.x, y: left.y - right.y };
        let inter_eye = length(across);
        let middle = mean(&[right, left]);
        let to_mouth = distance(middle, mouth);
        if !(inter_eye > TOO_SMALL && to_mouth > TOO_SMALL) {
            return None;
        }
        let along = |point: Point| ((point.x - middle.x) * across.x + (point.y - middle.y) * across.y) / inter_eye;
        let [nose, ear, other] =
            [Keypoint::NoseTip, Keypoint::RightTragion, Keypoint::LeftTragion].map(|point| along(face.at(point)));
        // In profile both ears are at one position, and the nose tells the side.
        let ears = (other - ear).max(inter_eye / 4.0);
        let turn = (NOSE * (nose - (ear + other) / 2.0) / ears).clamp(-TURNED, TURNED);
        let (step, corner) = alignment(&[right, left, mouth]);
        Some(Self {
            face: *face,
            middle,
            inter_eye,
            chin: CHIN * to_mouth,
            roll: across.y.atan2(across.x),
            turn,
            step,
            corner,
        })
    }

    /// Converts a position in the aligned picture to the frame.
    pub(super) fn in_frame(&self, aligned: Point) -> Point {
        Point {
            x: self.corner.x + aligned.x * self.step.x - aligned.y * self.step.y,
            y: self.corner.y + aligned.x * self.step.y + aligned.y * self.step.x,
        }
    }

    /// Returns the size of one pixel of the aligned picture, in pixels of the frame.
    pub(super) fn scale(&self) -> f32 {
        length(self.step)
    }

    /// Returns how far the nose is to the right of its usual position, in the aligned picture.
    pub(super) fn nose(&self) -> f32 {
        let nose = self.face.at(Keypoint::NoseTip);
        let (x, y) = (nose.x - self.corner.x, nose.y - self.corner.y);
        (x * self.step.x + y * self.step.y) / (self.scale() * self.scale()) - ALIGNED_NOSE
    }

    /// Takes the measures that need only the pose.
    pub(super) fn read(&self, frame: Frame<'_>, readings: &mut Readings) {
        let (width, height) = (frame.width() as f32, frame.height() as f32);
        readings.put(Measure::HeadSize, self.chin / height);
        readings.put(Measure::LeftwardCrop, self.face.at(Keypoint::RightEye).x / self.inter_eye);
        readings.put(Measure::RightwardCrop, (width - self.face.at(Keypoint::LeftEye).x) / self.inter_eye);
        readings.put(Measure::MarginAbove, self.middle.y / self.chin);
        readings.put(Measure::MarginBelow, (height - self.middle.y) / self.chin);
        readings.put(Measure::InterEyeDistance, self.inter_eye * (1.0 + self.turn * self.turn).sqrt());
        readings.put(Measure::PoseRoll, self.roll.to_degrees());
        readings.put(Measure::PoseYaw, self.turn.atan2(1.0).to_degrees());
    }
}

/// Returns the similarity transform that maps eyes and mouth of the aligned picture to these points (least squares).
fn alignment(points: &[Point; 3]) -> (Point, Point) {
    let (from, to) = (mean(&ALIGNED), mean(points));
    let (mut real, mut imaginary, mut square) = (0.0, 0.0, 0.0);
    for (aligned, point) in ALIGNED.iter().zip(points) {
        let (x, y) = (aligned.x - from.x, aligned.y - from.y);
        let (u, v) = (point.x - to.x, point.y - to.y);
        real += x * u + y * v;
        imaginary += x * v - y * u;
        square += x * x + y * y;
    }
    let step = Point { x: real / square, y: imaginary / square };
    (step, Point { x: to.x - from.x * step.x + from.y * step.y, y: to.y - from.x * step.y - from.y * step.x })
}

/// Returns the area of the second largest face divided by the area of the largest, or 0 if there is only one.
pub(super) fn second_to_largest(faces: &[Face]) -> f32 {
    let (mut largest, mut second) = (0.0_f32, 0.0_f32);
    for face in faces {
        let area = face.bounds.width * face.bounds.height;
        second = second.max(area.min(largest));
        largest = largest.max(area);
    }
    if largest > 0.0 { second / largest } else { 0.0 }
}

/// Returns the speed of the eyes in inter-eye distances a second.
pub(super) fn motion(before: &Face, after: &Face, milliseconds: f64) -> Option<f32> {
    let eyes = |face: &Face| (face.at(Keypoint::RightEye), face.at(Keypoint::LeftEye));
    let ((right, left), (next_right, next_left)) = (eyes(before), eyes(after));
    let inter_eye = distance(next_right, next_left);
    (milliseconds > 0.0 && milliseconds <= TOO_LONG && inter_eye > TOO_SMALL).then(|| {
        (distance(right, next_right) + distance(left, next_left)) / 2.0 / inter_eye / (milliseconds / 1000.0) as f32
    })
}

fn mean(points: &[Point]) -> Point {
    let count = points.len() as f32;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.x, y + point.y));
    Point { x: x / count, y: y / count }
}

fn length(vector: Point) -> f32 {
    (vector.x * vector.x + vector.y * vector.y).sqrt()
}

fn distance(one: Point, other: Point) -> f32 {
    length(Point { x: other.x - one.x, y: other.y - one.y })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_the_aligned_picture_are_recovered() {
        let mut face = Face::default();
        let place =
            |point: Point| Point { x: 40.0 + 0.5 * point.x - 0.2 * point.y, y: 7.0 + 0.2 * point.x + 0.5 * point.y };
        for (keypoint, aligned) in [Keypoint::RightEye, Keypoint::LeftEye, Keypoint::Mouth].into_iter().zip(ALIGNED) {
            face.keypoints[keypoint as usize] = place(aligned);
        }
        face.keypoints[Keypoint::NoseTip as usize] = place(Point { x: 320.0, y: 336.0 });
        let pose = Pose::of(&face).expect("a face");
        let (want, got) = (place(ALIGNED[2]), pose.in_frame(ALIGNED[2]));
        assert!(distance(want, got) < 0.01, "{want:?} {got:?}");
        assert!((pose.nose() - 12.0).abs() < 0.01, "{}", pose.nose());
        assert!((pose.scale() - 0.29_f32.sqrt()).abs() < 1e-4);
    }
}
