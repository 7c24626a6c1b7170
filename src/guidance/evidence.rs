//! What the page is told of a frame or a photo ([`Evidence`]).

use akiba_vision::{Measure, Report};

use super::challenge::ChallengeRecord;
use super::check::Checks;
use super::flaw::Flaw;
use super::guide::Guide;
use super::thresholds::{Limit, Thresholds};

/// How the capture went, in milliseconds from the first frame that was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// How many frames were looked at.
    pub frames: u32,
    /// Until the first face.
    pub first_face: Option<f64>,
    /// Until the last frame.
    pub guided: f64,
}

/// What is known of a frame or a photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// What came of looking at it.
    pub report: Option<Report>,
    /// Which checks hold of a frame.
    pub checks: Option<Checks>,
    /// The limits.
    pub thresholds: Thresholds,
    /// How many steps they had loosened.
    pub steps: u8,
    /// How the capture went; `None` where nothing was looked at before the photo.
    pub times: Option<Times>,
    /// The challenge, where the page asks for one.
    pub challenge: Option<ChallengeRecord>,
}

impl Evidence {
    /// Of a report, after all that the guide saw.
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

    /// The worst flaw of the photo.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.report.as_ref().and_then(|report| Flaw::of(report, &self.thresholds, self.steps))
    }

    /// The limits of a measure, least and most, as they stand before they loosen.
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

    /// Whether a measure is within its limits; `None` where it has none, or was not taken.
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
