//! The flaws of a photo ([`Flaw`]).

use akiba_protocol::search::contains;
use akiba_vision::{Keypoint, Measure, Report};

use super::check::is_black;
use super::thresholds::{Limit, Thresholds};

/// A flaw of a photo, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It shows no face.
    NoFace,
    /// There are several faces in it.
    SeveralFaces,
    /// The face is too dark.
    TooDark,
    /// The face is too bright.
    TooBright,
    /// The face is too small.
    TooSmall,
    /// The head is turned.
    Turned,
    /// The head leans.
    Leaning,
    /// The light comes from one side.
    SideLight,
    /// The face is blurred.
    Blurred,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Self; 9] = [
        Self::NoFace,
        Self::SeveralFaces,
        Self::TooDark,
        Self::TooBright,
        Self::TooSmall,
        Self::Turned,
        Self::Leaning,
        Self::SideLight,
        Self::Blurred,
    ];

    /// Returns the word for it in the photo's `quality`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoFace => "no-face",
            Self::SeveralFaces => "several-faces",
            Self::TooDark => "too-dark",
            Self::TooBright => "too-bright",
            Self::TooSmall => "too-small",
            Self::Turned => "turned",
            Self::Leaning => "leaning",
            Self::SideLight => "side-light",
            Self::Blurred => "blurred",
        }
    }

    /// Returns the flaw that a vendor names in its own words, if it names one. The vendor does not document its sentences, so
    /// this knows few of them and guesses none.
    #[must_use]
    pub fn named_in(sentence: &str) -> Option<Self> {
        let sentence = sentence.to_ascii_lowercase();
        let known = [
            ("more than one face", Self::SeveralFaces),
            ("multiple faces", Self::SeveralFaces),
            ("no face", Self::NoFace),
            ("face not found", Self::NoFace),
            ("too dark", Self::TooDark),
            ("blur", Self::Blurred),
        ];
        known.into_iter().find(|(words, _)| contains(&sentence, words)).map(|(_, flaw)| flaw)
    }

    /// Whether a photo with this flaw can't be compared. A page may forbid it with `strict`.
    #[must_use]
    pub fn is_hard(self) -> bool {
        matches!(self, Self::NoFace | Self::SeveralFaces | Self::TooDark)
    }

    /// Returns the worst flaw of a photo. Uses the limits as they were before they loosened, with their slack: a photo
    /// that was good enough for the shutter is not criticised a moment later, but one that was taken only at last is.
    /// Only the least light counts as it was loosened: dark skin may not have more, and `strict` would stop the person.
    #[must_use]
    pub fn of(report: &Report, thresholds: &Thresholds, steps: u8) -> Option<Self> {
        if is_black(report.frame_mean, report.frame_variance) {
            return Some(Self::TooDark);
        }
        let Some(face) = report.face.filter(|_| report.faces > 0) else { return Some(Self::NoFace) };
        let allow = |limit: Limit, value: f32| {
            let steps = if limit == Limit::LuminanceMin { steps } else { 0 };
            thresholds.allow(limit, value, steps, true)
        };
        let measured =
            |limit: Limit, measure: Measure| report.value(measure).is_none_or(|value| allow(limit, value.abs()));
        let (right, left) = (face.at(Keypoint::RightEye), face.at(Keypoint::LeftEye));
        let eyes = ((right.x - left.x).powi(2) + (right.y - left.y).powi(2)).sqrt();
        let wrong = |flaw: Self| match flaw {
            Self::NoFace => false,
            Self::SeveralFaces => report.faces > 1,
            Self::TooDark => !measured(Limit::LuminanceMin, Measure::LuminanceMean),
            Self::TooBright => !measured(Limit::LuminanceMax, Measure::LuminanceMean),
            Self::TooSmall => eyes.is_finite() && !allow(Limit::EyeDistanceMin, eyes),
            Self::Turned => !measured(Limit::Yaw, Measure::PoseYaw),
            Self::Leaning => !measured(Limit::Roll, Measure::PoseRoll),
            // A blurred face does not show where the light comes from.
            Self::SideLight => {
                measured(Limit::SharpnessMin, Measure::Sharpness)
                    && !measured(Limit::UniformityMin, Measure::IlluminationUniformity)
            }
            Self::Blurred => !measured(Limit::SharpnessMin, Measure::Sharpness),
        };
        Self::ALL.into_iter().find(|flaw| wrong(*flaw))
    }
}
