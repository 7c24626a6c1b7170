//! Which frame of a burst is kept ([`merit`]). Pure.

use akiba_vision::{Measure, Report};

/// How good a frame is, 0 to 100: half of it is how sharp it is, as a burst is too short for much else to change, and
/// half the mean of all other scores. 0 without a face, or with more than one.
pub(super) fn merit(report: &Report) -> f32 {
    if report.faces != 1 {
        return 0.0;
    }
    let score = |measure| report.reading(measure).and_then(|reading| reading.score).map(f32::from);
    let others: Vec<f32> =
        Measure::ALL.into_iter().filter(|measure| *measure != Measure::Sharpness).filter_map(score).collect();
    let mean = if others.is_empty() { 0.0 } else { others.iter().sum::<f32>() / others.len() as f32 };
    score(Measure::Sharpness).map_or(mean, |sharpness| f32::midpoint(sharpness, mean))
}

#[cfg(test)]
mod tests {
    use akiba_vision::Reading;

    use super::*;

    fn report(faces: u8, scores: &[(Measure, u8)]) -> Report {
        let mut readings = [None; Measure::ALL.len()];
        for (measure, score) in scores {
            readings[*measure as usize] = Some(Reading { value: 1.0, score: Some(*score) });
        }
        Report { width: 640.0, height: 480.0, frame_mean: 0.5, frame_variance: 0.1, faces, face: None, readings }
    }

    #[test]
    fn the_sharper_one_the_better_one_and_never_two_faces() {
        use Measure::{PoseYaw, Sharpness, UnderExposurePrevention as Exposure};
        let good = [(Sharpness, 80), (PoseYaw, 90), (Exposure, 95)];
        for (better, worse) in [
            (report(1, &good), report(1, &[(Sharpness, 60), (PoseYaw, 90), (Exposure, 95)])),
            (report(1, &good), report(1, &[(Sharpness, 80), (PoseYaw, 50), (Exposure, 95)])),
            // Blur in exchange for a little light is a bad bargain.
            (report(1, &good), report(1, &[(Sharpness, 70), (PoseYaw, 90), (Exposure, 100)])),
            (report(1, &[(Sharpness, 10)]), report(2, &good)),
            (report(1, &[(Sharpness, 10)]), report(0, &good)),
            (report(1, &[(PoseYaw, 10)]), report(1, &[])),
        ] {
            assert!(merit(&better) > merit(&worse), "{better:?} against {worse:?}");
        }
        assert_eq!(merit(&report(1, &[])), 0.0);
    }
}
