//! The result of an analysis ([`Report`]), and its form as numbers between worker and page.

use crate::face::{Face, Point, Rect};
use crate::measure::{Measure, Reading};

/// The version of the layout: the first number of a report.
const LAYOUT: f32 = 1.0;
/// Where the numbers of the face begin.
const FACE_START: usize = 6;
/// Where the readings begin. A face has its score, 4 bounds and 6 keypoints × 2 = 17 numbers.
const READINGS_START: usize = FACE_START + 17;

/// The count of numbers in a report.
pub const REPORT_LENGTH: usize = READINGS_START + 2 * Measure::ALL.len();

/// The result of the analysis of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Width of the analysed frame, in pixels.
    pub width: f32,
    /// Its height, in pixels.
    pub height: f32,
    /// Mean luminance of the whole frame (Rec. 709 luma of the sRGB values), 0 black to 1 white.
    pub frame_mean: f32,
    /// Variance of the same, 0 to 0.25; 0 is a uniform colour.
    pub frame_variance: f32,
    /// The number of faces that count: in the frame, and at least half as wide as the main face.
    pub faces: u8,
    /// The main face: the largest.
    pub face: Option<Face>,
    /// The results, indexed by [`Measure`]; `None` for measures that this frame does not allow.
    pub readings: [Option<Reading>; Measure::ALL.len()],
}

impl Report {
    /// Returns the result of a measure.
    #[must_use]
    pub fn reading(&self, measure: Measure) -> Option<Reading> {
        self.readings[measure as usize]
    }

    /// Returns the value of a measure.
    #[must_use]
    pub fn value(&self, measure: Measure) -> Option<f32> {
        self.reading(measure).map(|reading| reading.value)
    }

    /// Converts the report to numbers: layout version, width, height, mean, variance, faces; the face's score, left, top,
    /// width, height and 6 × (x, y); then value and score of each measure. NaN stands for an absent number.
    #[must_use]
    pub fn to_numbers(&self) -> [f32; REPORT_LENGTH] {
        let mut numbers = [f32::NAN; REPORT_LENGTH];
        numbers[..FACE_START].copy_from_slice(&[
            LAYOUT,
            self.width,
            self.height,
            self.frame_mean,
            self.frame_variance,
            f32::from(self.faces),
        ]);
        if let Some(Face { score, bounds, keypoints }) = self.face {
            numbers[FACE_START..FACE_START + 5].copy_from_slice(&[
                score,
                bounds.left,
                bounds.top,
                bounds.width,
                bounds.height,
            ]);
            for (point, pair) in keypoints.iter().zip(numbers[FACE_START + 5..READINGS_START].chunks_exact_mut(2)) {
                pair.copy_from_slice(&[point.x, point.y]);
            }
        }
        for (reading, pair) in self.readings.iter().zip(numbers[READINGS_START..].chunks_exact_mut(2)) {
            if let Some(Reading { value, score }) = *reading {
                pair.copy_from_slice(&[value, score.map_or(f32::NAN, f32::from)]);
            }
        }
        numbers
    }

    /// Converts numbers of [`to_numbers`](Self::to_numbers) to a report; returns `None` for other numbers.
    #[must_use]
    pub fn from_numbers(numbers: &[f32]) -> Option<Self> {
        let numbers: &[f32; REPORT_LENGTH] = numbers.try_into().ok()?;
        let [layout, width, height, frame_mean, frame_variance, faces] = numbers[..FACE_START] else { return None };
        if layout != LAYOUT {
            return None;
        }
        let [score, left, top, face_width, face_height] = numbers[FACE_START..FACE_START + 5] else { return None };
        let mut keypoints = [Point::default(); 6];
        for (point, pair) in keypoints.iter_mut().zip(numbers[FACE_START + 5..READINGS_START].chunks_exact(2)) {
            *point = Point { x: pair[0], y: pair[1] };
        }
        let bounds = Rect { left, top, width: face_width, height: face_height };
        let mut readings = [None; Measure::ALL.len()];
        for (reading, pair) in readings.iter_mut().zip(numbers[READINGS_START..].chunks_exact(2)) {
            *reading = (!pair[0].is_nan())
                .then(|| Reading { value: pair[0], score: (!pair[1].is_nan()).then_some(pair[1] as u8) });
        }
        Some(Self {
            width,
            height,
            frame_mean,
            frame_variance,
            faces: faces as u8,
            face: (!score.is_nan()).then_some(Face { score, bounds, keypoints }),
            readings,
        })
    }
}
