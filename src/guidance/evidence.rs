//! The analysis of a frame or a photo, for the page ([`Evidence`]).

use akiba_vision::{Measure, Report};

use super::challenge::ChallengeRecord;
use super::check::Checks;
use super::flaw::Flaw;
use super::guide::Guide;
use super::thresholds::{Limit, Thresholds};

/// The course of the capture, in milliseconds from the first analysed frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// The number of analysed frames.
    pub frames: u32,
    /// Time of the first face.
    pub first_face: Option<f64>,
    /// Time of the last frame.
    pub guided: f64,
}

/// The analysis of a frame or a photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The report.
    pub report: Option<Report>,
    /// For a frame: the checks that pass.
    pub checks: Option<Checks>,
    /// The limits.
    pub thresholds: Thresholds,
    /// The number of steps by which they were loosened.
    pub steps: u8,
    /// The course of the capture; `None` if no frame was analysed before the photo.
    pub times: Option<Times>,
    /// The challenge, if the page asks for one.
    pub challenge: Option<ChallengeRecord>,
}

impl Evidence {
    /// Combines a report with the result of all frames.
    #[must_use]
    pub fn new(
        report: Option<Report>,
        guide: &Guide,
        thresholds: Thresholds,
        challenge: Option<ChallengeRecord>,
    ) -> Self {
        let times = guide.is_active().then(|| Times {
            frames: guide.frames,
            first_face: guide.first_face.map(|at| at - guide.began),
            guided: guide.now - guide.began,
        });
        Self { report, checks: None, thresholds, steps: guide.steps, times, challenge }
    }

    /// Returns the worst flaw of the photo.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.report.as_ref().and_then(|report| Flaw::of(report, &self.thresholds, self.steps))
    }

    /// Returns the limits of a measure (least, most) before they are loosened.
    #[must_use]
    pub fn limits(&self, measure: Measure) -> (Option<f32>, Option<f32>) {
        let at = |limit| Some(self.thresholds.limit(limit, 0));
        match measure {
            Measure::PoseRoll => (at(Limit::Roll).map(|most| -most), at(Limit::Roll)),
            Measure::PoseYaw => (at(Limit::Yaw).map(|most| -most), at(Limit::Yaw)),
            Measure::LuminanceMean => (at(Limit::LuminanceMin), at(Limit::LuminanceMax)),
            Measure::IlluminationUniformity => (at(Limit::UniformityMin), None),
            Measure::Motion => (None, at(Limit::MotionMax)),
            Measure::Sharpness => (at(Limit::SharpnessMin), None),
            Measure::InterEyeDistance => (at(Limit::EyeDistanceMin), None),
            _ => (None, None),
        }
    }

    /// Whether a measure is within its limits; `None` if it has none or was not measured.
    #[must_use]
    pub fn pass(&self, measure: Measure) -> Option<bool> {
        let report = self.report.as_ref()?;
        if measure == Measure::SingleFacePresent {
            return Some(report.faces == 1);
        }
        let value = report.value(measure)?;
        match self.limits(measure) {
            (None, None) => None,
            (least, most) => Some(least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)),
        }
    }
}
