//! The conditions of a good photo ([`Check`]), and which of them a report fulfils ([`Checks`]).

use akiba_vision::{Measure, Report};

use super::hint::Hint;
use super::oval::{InOval, in_oval};
use super::thresholds::{Limit, Thresholds};

/// Limits of a black frame. Lens caps, privacy shutters and muted cameras stay below both.
const BLACK_LUMINANCE: f32 = 0.04;
const BLACK_VARIANCE: f32 = 0.0004;
/// Below this mean, no face can be found because of the dark.
const DARK_PICTURE: f32 = 0.12;

/// Whether a frame of this mean luminance and variance is black.
pub(crate) fn is_black(mean: f32, variance: f32) -> bool {
    mean < BLACK_LUMINANCE && variance < BLACK_VARIANCE
}

/// A condition of a good photo, in the order of the hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// There is exactly one face.
    SingleFace,
    /// The light on the face is neither too weak nor too strong.
    Light,
    /// The face is neither too small nor too large.
    Size,
    /// The face is in the oval.
    Centred,
    /// The head does not lean to a side.
    Upright,
    /// The head is not turned.
    Frontal,
    /// The light does not come from one side.
    EvenLight,
    /// The face does not move.
    Still,
    /// The face is sharp.
    Sharp,
}

impl Check {
    /// Every check.
    pub const ALL: [Self; 9] = [
        Self::SingleFace,
        Self::Light,
        Self::Size,
        Self::Centred,
        Self::Upright,
        Self::Frontal,
        Self::EvenLight,
        Self::Still,
        Self::Sharp,
    ];

    /// Returns the word for it in `selfie-guidance`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SingleFace => "single-face",
            Self::Light => "light",
            Self::Size => "size",
            Self::Centred => "centred",
            Self::Upright => "upright",
            Self::Frontal => "frontal",
            Self::EvenLight => "even-light",
            Self::Still => "still",
            Self::Sharp => "sharp",
        }
    }
}

/// The checks that pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks(u16);

impl Checks {
    /// Whether this check passes.
    #[must_use]
    pub fn hold(self, check: Check) -> bool {
        self.0 & (1 << check as u16) != 0
    }

    /// Returns the number of checks that pass.
    #[must_use]
    pub fn passed(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether all checks pass.
    #[must_use]
    pub fn all(self) -> bool {
        usize::from(self.passed()) == Check::ALL.len()
    }

    fn with(self, check: Check, holds: bool) -> Self {
        Self(self.0 | u16::from(holds) << check as u16)
    }
}

/// The context of a check.
pub(super) struct CheckContext<'a> {
    pub(super) thresholds: &'a Thresholds,
    /// The number of steps by which the limits are loosened.
    pub(super) steps: u8,
    /// The checks that passed before: they get the slack.
    pub(super) before: Checks,
    /// Whether the person sees the picture mirrored.
    pub(super) mirrored: bool,
}

/// Compares a report with the limits: returns the checks that pass, and the hint. A value that could not be measured
/// passes: an unknown value must not block the photo.
pub(super) fn check(report: &Report, context: &CheckContext<'_>) -> (Checks, Hint) {
    if is_black(report.frame_mean, report.frame_variance) {
        return (Checks::default(), Hint::NoPicture);
    }
    let Some(face) = report.face.filter(|_| report.faces > 0) else {
        let hint = if report.frame_mean < DARK_PICTURE { Hint::TooDark } else { Hint::NoFace };
        return (Checks::default(), hint);
    };
    let Some(place) = in_oval(report, &face) else { return (Checks::default(), Hint::NoFace) };
    let mut checks = Checks::default();
    let mut said = None;
    for check in Check::ALL {
        let wrong = wrong(check, report, place, context);
        checks = checks.with(check, wrong.is_none());
        said = said.or(wrong);
    }
    (checks, said.unwrap_or(Hint::Hold))
}

/// Returns the hint if the check fails.
fn wrong(check: Check, report: &Report, place: InOval, context: &CheckContext<'_>) -> Option<Hint> {
    let within =
        |limit: Limit, value: f32| context.thresholds.allow(limit, value, context.steps, context.before.hold(check));
    let measured =
        |limit: Limit, measure: Measure| report.value(measure).is_none_or(|value| within(limit, value.abs()));
    let sharp = |value: f32| {
        context.thresholds.allow(Limit::SharpnessMin, value, context.steps, context.before.hold(Check::Sharp))
    };
    let sharp = report.value(Measure::Sharpness).is_none_or(sharp);
    let holds = match check {
        Check::SingleFace => report.faces == 1,
        Check::Light => {
            if !measured(Limit::LuminanceMin, Measure::LuminanceMean) {
                return Some(Hint::TooDark);
            }
            measured(Limit::LuminanceMax, Measure::LuminanceMean)
        }
        Check::Size => {
            if !within(Limit::FaceWidthMin, place.width) {
                return Some(Hint::ComeCloser);
            }
            within(Limit::FaceWidthMax, place.width)
        }
        Check::Centred => return off_centre(place, context, within),
        Check::Upright => measured(Limit::Roll, Measure::PoseRoll),
        Check::Frontal => measured(Limit::Yaw, Measure::PoseYaw),
        // A blurred face does not show where the light comes from.
        Check::EvenLight => !sharp || measured(Limit::UniformityMin, Measure::IlluminationUniformity),
        Check::Still => measured(Limit::MotionMax, Measure::Motion),
        Check::Sharp => sharp,
    };
    let hint = match check {
        Check::SingleFace => Hint::SeveralFaces,
        Check::Light => Hint::TooBright,
        Check::Size => Hint::MoveBack,
        Check::Upright => Hint::Straighten,
        Check::Frontal => Hint::LookStraight,
        Check::EvenLight => Hint::SideLight,
        Check::Still => Hint::HoldStill,
        Check::Sharp | Check::Centred => Hint::Blurred,
    };
    (!holds).then_some(hint)
}

/// Returns the direction for the face as the person sees it, along the axis with the larger offset.
fn off_centre(place: InOval, context: &CheckContext<'_>, within: impl Fn(Limit, f32) -> bool) -> Option<Hint> {
    let right = if context.mirrored { -place.right } else { place.right };
    let across = (!within(Limit::OffsetX, right.abs()))
        .then_some((right.abs(), if right > 0.0 { Hint::MoveLeft } else { Hint::MoveRight }));
    let along = (!within(Limit::OffsetY, place.below.abs()))
        .then_some((place.below.abs(), if place.below > 0.0 { Hint::MoveUp } else { Hint::MoveDown }));
    match (across, along) {
        (Some((wide, _)), Some((high, hint))) if high > wide => Some(hint),
        (Some((_, hint)), _) | (None, Some((_, hint))) => Some(hint),
        (None, None) => None,
    }
}
