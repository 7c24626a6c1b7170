//! Measures of the luminance histogram of the face: mean, variance, exposure, dynamic range.

use super::readings::Readings;
use crate::measure::Measure;

/// Highest level of an under-exposed pixel, of 255.
const DARK: usize = 25;
/// Lowest level of an over-exposed pixel.
const LIGHT: usize = 247;

pub(super) fn read(histogram: &[u32; 256], readings: &mut Readings) {
    let all = histogram.iter().sum::<u32>() as f32;
    let (mut mean, mut square, mut entropy) = (0.0, 0.0, 0.0);
    for (level, &count) in histogram.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (level, share) = (level as f32 / 255.0, count as f32 / all);
        mean += share * level;
        square += share * level * level;
        entropy -= share * share.ln();
    }
    let share = |levels: &[u32]| levels.iter().sum::<u32>() as f32 / all;
    readings.put(Measure::LuminanceMean, mean);
    readings.put(Measure::LuminanceVariance, (square - mean * mean).max(0.0));
    readings.put(Measure::UnderExposurePrevention, share(&histogram[..=DARK]));
    readings.put(Measure::OverExposurePrevention, share(&histogram[LIGHT..]));
    readings.put(Measure::DynamicRange, entropy / std::f32::consts::LN_2);
}
