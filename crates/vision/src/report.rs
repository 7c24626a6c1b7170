//! What came of looking at a frame ([`Report`]), and how it crosses from the worker to the page.

use crate::face::{Face, Point, Rect};
use crate::measure::{Measure, Reading};

/// The layout's version, the first number of a report.
const LAYOUT: f32 = 1.0;
const FACE: usize = 6;
const READINGS: usize = FACE + 17;

/// How many numbers a report is.
pub const REPORT_LENGTH: usize = READINGS + 2 * Measure::ALL.len();

/// What came of looking at a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Pixels across the frame that was looked at.
    pub width: f32,
    /// Pixels down.
    pub height: f32,
    /// Mean luminance of the whole frame (Rec. 709 luma of the sRGB values), 0 black to 1 white.
    pub frame_mean: f32,
    /// Variance of the same, 0 to 0.25; 0 is one even colour.
    pub frame_variance: f32,
    /// How many faces there are.
    pub faces: u8,
    /// The main one: the largest.
    pub face: Option<Face>,
    /// What was measured of it, by [`Measure`]; `None` for what can't be told of this frame.
    pub readings: [Option<Reading>; Measure::ALL.len()],
}

impl Report {
    /// What one measure came to.
    #[must_use]
    pub fn reading(&self, measure: Measure) -> Option<Reading> {
        self.readings[measure as usize]
    }

    /// The value of one measure.
    #[must_use]
    pub fn value(&self, measure: Measure) -> Option<f32> {
        self.reading(measure).map(|reading| reading.value)
    }

    /// The report as numbers: layout version, width, height, mean, variance, faces; the face's score, left, top, width,
    /// height and 6 × (x, y); then value and score of each measure. NaN stands for what there is not.
    #[must_use]
    pub fn to_numbers(&self) -> [f32; REPORT_LENGTH] {
        let mut numbers = [f32::NAN; REPORT_LENGTH];
        numbers[..FACE].copy_from_slice(&[
            LAYOUT,
            self.width,
            self.height,
            self.frame_mean,
            self.frame_variance,
            f32::from(self.faces),
        ]);
        if let Some(Face { score, bounds, keypoints }) = self.face {
            numbers[FACE..FACE + 5].copy_from_slice(&[score, bounds.left, bounds.top, bounds.width, bounds.height]);
            for (point, pair) in keypoints.iter().zip(numbers[FACE + 5..READINGS].chunks_exact_mut(2)) {
                pair.copy_from_slice(&[point.x, point.y]);
            }
        }
        for (reading, pair) in self.readings.iter().zip(numbers[READINGS..].chunks_exact_mut(2)) {
            if let Some(Reading { value, score }) = *reading {
                pair.copy_from_slice(&[value, score.map_or(f32::NAN, f32::from)]);
            }
        }
        numbers
    }

    /// The report that [`to_numbers`](Self::to_numbers) wrote; `None` for anything else.
    #[must_use]
    pub fn from_numbers(numbers: &[f32]) -> Option<Self> {
        let numbers: &[f32; REPORT_LENGTH] = numbers.try_into().ok()?;
        let [layout, width, height, frame_mean, frame_variance, faces] = numbers[..FACE] else { return None };
        if layout != LAYOUT {
            return None;
        }
        let [score, left, top, wide, high] = numbers[FACE..FACE + 5] else { return None };
        let mut keypoints = [Point::default(); 6];
        for (point, pair) in keypoints.iter_mut().zip(numbers[FACE + 5..READINGS].chunks_exact(2)) {
            *point = Point { x: pair[0], y: pair[1] };
        }
        let bounds = Rect { left, top, width: wide, height: high };
        let mut readings = [None; Measure::ALL.len()];
        for (reading, pair) in readings.iter_mut().zip(numbers[READINGS..].chunks_exact(2)) {
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
