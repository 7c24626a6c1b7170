//! Which frame of a burst is kept ([`merit`]). Pure.

use akiba_vision::{Measure, Report};

/// How good a frame is, 0 to 100: half of it is how sharp it is, as a burst is too short for much else to change, and
/// half the mean of all scores. 0 without a face, or with more than one.
pub(super) fn merit(report: &Report) -> f32 {
    if report.faces != 1 {
        return 0.0;
    }
    let scores: Vec<f32> =
        report.readings.iter().flatten().filter_map(|reading| reading.score).map(f32::from).collect();
    let mean = if scores.is_empty() { 0.0 } else { scores.iter().sum::<f32>() / scores.len() as f32 };
    // A ratio without a score: 0.1 is a smear, and hardly any face has more than 1.
    let sharpness = report.value(Measure::Sharpness).map_or(0.0, |value| 100.0 * value.clamp(0.0, 1.0));
    f32::midpoint(sharpness, mean)
}

#[cfg(test)]
mod tests {
    use akiba_vision::Reading;

    use super::*;

    fn report(faces: u8, sharpness: Option<f32>, scores: &[u8]) -> Report {
        let mut readings = [None; Measure::ALL.len()];
        for (reading, score) in readings.iter_mut().zip(scores) {
            *reading = Some(Reading { value: 1.0, score: Some(*score) });
        }
        readings[Measure::Sharpness as usize] = sharpness.map(|value| Reading { value, score: None });
        Report { width: 640.0, height: 480.0, frame_mean: 0.5, frame_variance: 0.1, faces, face: None, readings }
    }

    #[test]
    fn the_sharper_one_the_better_one_and_never_two_faces() {
        let good = report(1, Some(0.6), &[90, 95, 70]);
        for (better, worse) in [
            (good, report(1, Some(0.5), &[90, 95, 70])),
            (good, report(1, Some(0.6), &[50, 95, 70])),
            // Blur in exchange for a little light is a bad bargain.
            (good, report(1, Some(0.5), &[90, 100, 70])),
            (good, report(1, None, &[90, 95, 70])),
            (report(1, Some(0.1), &[]), report(2, Some(0.6), &[90, 95, 70])),
            (report(1, None, &[10]), report(0, Some(0.6), &[90, 95, 70])),
        ] {
            assert!(merit(&better) > merit(&worse), "{better:?} against {worse:?}");
        }
        assert_eq!(merit(&report(1, None, &[])), 0.0);
    }
}
