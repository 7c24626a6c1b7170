//! Maps a native value to the standard's quality score ([`of`]), with the parameters of OFIQ's configuration.

use super::maths::{half_sine, power, sigmoid};
use crate::measure::Measure;

/// Returns the score, 0 bad to 100 good, or `None` if the value is not the standard's.
pub(super) fn of(measure: Measure, value: f32) -> Option<u8> {
    use Measure as M;
    let score = match measure {
        M::SingleFacePresent => 100.0 * (1.0 - value),
        M::HeadSize => 200.0 * (1.0 - sigmoid((value - 0.45).abs(), 0.0, 0.05)),
        M::LeftwardCrop | M::RightwardCrop => 100.0 * sigmoid(value, 0.9, 0.1),
        M::MarginAbove => 100.0 * sigmoid(value, 1.4, 0.1),
        M::MarginBelow => 100.0 * sigmoid(value, 1.8, 0.1),
        M::InterEyeDistance => 100.0 * sigmoid(value, 70.0, 20.0),
        // The squared cosine, or 0 beyond a right angle.
        M::PoseRoll | M::PoseYaw if value.abs() >= 90.0 => 0.0,
        M::PoseRoll | M::PoseYaw => {
            let cosine = half_sine(value / 180.0 + 0.5);
            100.0 * cosine * cosine
        }
        M::LuminanceMean => 100.0 * sigmoid(value, 0.2, 0.05) * (1.0 - sigmoid(value, 0.8, 0.05)),
        M::LuminanceVariance => 100.0 * half_sine(60.0 * value / (60.0 * value + 1.0)),
        M::UnderExposurePrevention => 120.0 * (0.832 - sigmoid(value, 0.92, 0.05)),
        M::OverExposurePrevention => 1.0 / (value + 0.01),
        M::DynamicRange => 12.5 * value,
        M::IlluminationUniformity => 100.0 * power(value, 0.3),
        M::NaturalColour => 200.0 * (1.0 - sigmoid(value, 0.0, 10.0)),
        M::Sharpness | M::CompressionArtefacts | M::Motion | M::EyeContrast => return None,
    };
    // The conversion saturates at 0.
    Some((score + 0.5).min(100.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Value and score of OFIQ's own conformance table (`expected_results.csv`).
    #[test]
    fn scores_equal_the_published_ones_of_ofiq() {
        for (measure, value, score) in [
            (Measure::IlluminationUniformity, 0.141_003, 56),
            (Measure::IlluminationUniformity, 0.498_270, 81),
            (Measure::LuminanceMean, 0.296_285, 87),
            (Measure::LuminanceMean, 0.322_942, 92),
            (Measure::LuminanceVariance, 0.014_954, 100),
            (Measure::LuminanceVariance, 0.040_050, 80),
            (Measure::UnderExposurePrevention, 0.102_210, 100),
            (Measure::OverExposurePrevention, 0.0, 100),
            (Measure::DynamicRange, 6.910_499, 86),
            (Measure::DynamicRange, 7.438_106, 93),
            (Measure::NaturalColour, 0.516_643, 97),
            (Measure::NaturalColour, 3.350_172, 83),
            (Measure::InterEyeDistance, 493.556, 100),
            (Measure::HeadSize, 0.224_851, 2),
            (Measure::HeadSize, 0.185_504, 1),
            (Measure::MarginAbove, 1.915_176, 99),
            (Measure::MarginBelow, 2.022_937, 90),
            (Measure::PoseYaw, 8.573, 98),
            (Measure::PoseRoll, 16.291_553, 92),
        ] {
            assert_eq!(of(measure, value), Some(score), "{measure:?} {value}");
        }
    }

    #[test]
    fn a_measure_of_our_own_has_no_score() {
        assert_eq!(of(Measure::Sharpness, 0.5), None);
        assert_eq!(of(Measure::Motion, 0.5), None);
    }
}
