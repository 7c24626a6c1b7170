//! Pure policy: which frame of a burst is kept ([`Best`]).

use akiba_vision::{Measure, Report};

/// Frames of a burst, and the least time between them: together 0.4 s, enough for a hand to come to rest.
pub(super) const FRAMES: u32 = 5;
pub(super) const GAP_MS: u32 = 80;

/// What the contrast of the eyes counts. Closed eyes have some hundredths less than open ones.
const EYES: f32 = 100.0;

/// The best frame of a burst so far. It holds one frame, so that at most two are in memory.
pub(super) struct Best<T>(Option<(T, f32)>);

impl<T> Best<T> {
    pub(super) fn new() -> Self {
        Self(None)
    }

    /// Takes the next frame with its report. Keeps the earlier of two equal frames. Returns whether to take more
    /// frames: without reports, one frame is as good as any.
    pub(super) fn offer(&mut self, frame: T, report: Option<&Report>) -> bool {
        let merit = report.map_or(0.0, merit);
        if self.0.as_ref().is_none_or(|(_, most)| merit > *most) {
            self.0 = Some((frame, merit));
        }
        report.is_some()
    }

    pub(super) fn into_frame(self) -> Option<T> {
        self.0.map(|(frame, _)| frame)
    }
}

/// Scores a frame, from 0. The parts are its sharpness, because little else changes within a burst, the mean of all
/// scores, and the contrast of the eyes: without it, a frame with closed eyes was kept in one of four pairs. A frame
/// without a face, or with several, scores 0.
fn merit(report: &Report) -> f32 {
    if report.faces != 1 {
        return 0.0;
    }
    let scores: Vec<f32> =
        report.readings.iter().flatten().filter_map(|reading| reading.score).map(f32::from).collect();
    let mean = if scores.is_empty() { 0.0 } else { scores.iter().sum::<f32>() / scores.len() as f32 };
    // A ratio without a score: 0.1 is a smear, and hardly any face exceeds 1.
    let sharpness = report.value(Measure::Sharpness).map_or(0.0, |value| 100.0 * value.clamp(0.0, 1.0));
    let eyes = report.value(Measure::EyeContrast).map_or(0.0, |value| EYES * value.clamp(0.0, 1.0));
    f32::midpoint(sharpness, mean) + eyes
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
    fn a_sharper_frame_with_one_face_is_better() {
        let good = report(1, Some(0.6), &[90, 95, 70]);
        for (better, worse) in [
            (good, report(1, Some(0.5), &[90, 95, 70])),
            (good, report(1, Some(0.6), &[50, 95, 70])),
            // Losing sharpness to gain a little light is a bad trade.
            (good, report(1, Some(0.5), &[90, 100, 70])),
            (good, report(1, None, &[90, 95, 70])),
            (report(1, Some(0.1), &[]), report(2, Some(0.6), &[90, 95, 70])),
            (report(1, None, &[10]), report(0, Some(0.6), &[90, 95, 70])),
        ] {
            assert!(merit(&better) > merit(&worse), "{better:?} against {worse:?}");
        }
        assert_eq!(merit(&report(1, None, &[])), 0.0);
    }

    #[test]
    fn open_eyes_are_worth_a_little_sharpness() {
        let eyes = |sharpness, contrast| {
            let mut report = report(1, Some(sharpness), &[90]);
            report.readings[Measure::EyeContrast as usize] = Some(Reading { value: contrast, score: None });
            merit(&report)
        };
        assert!(eyes(0.5, 0.4) > eyes(0.54, 0.3), "a blink");
        assert!(eyes(0.5, 0.4) > eyes(0.3, 0.42), "but not a smear");
    }

    #[test]
    fn the_best_frame_of_a_burst_is_kept() {
        let sharp = |sharpness| Some(report(1, Some(sharpness), &[90]));
        for (reports, kept) in [
            (vec![sharp(0.3), sharp(0.6), sharp(0.5)], Some(1)),
            (vec![sharp(0.6), sharp(0.6)], Some(0)),
            (vec![Some(report(0, None, &[])), Some(report(2, Some(0.9), &[90]))], Some(0)),
            (vec![sharp(0.3), None], Some(0)),
            (vec![None], Some(0)),
            (vec![], None),
        ] {
            let mut best = Best::new();
            for (index, report) in reports.iter().enumerate() {
                assert_eq!(best.offer(index, report.as_ref()), report.is_some());
            }
            assert_eq!(best.into_frame(), kept, "{reports:?}");
        }
    }
}
