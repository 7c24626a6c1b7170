//! What must hold for a good photo ([`Check`]), and whether it does in one report ([`Checks`]).

use akiba_vision::{Measure, Report};

use super::hint::Hint;
use super::oval::{InOval, in_oval};
use super::thresholds::{Limit, Thresholds};

/// A frame is black when nearly all of it is: lens caps, privacy shutters and muted cameras stay below both.
const BLACK_LUMINANCE: f32 = 0.04;
const BLACK_VARIANCE: f32 = 0.0004;
/// In a picture of a lower mean, nobody is found for want of light.
const DARK_PICTURE: f32 = 0.12;

/// Whether a frame of this mean luminance and variance shows nothing.
pub(crate) fn is_black(mean: f32, variance: f32) -> bool {
    mean < BLACK_LUMINANCE && variance < BLACK_VARIANCE
}

/// What must hold, in the order of the hints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// There is just one face.
    SingleFace,
    /// There is enough light, and not too much.
    Light,
    /// The face is large enough, and not too large.
    Size,
    /// The face is in the oval.
    Centred,
    /// The head does not lean.
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

    /// The word for it in `selfie-guidance`.
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

/// Which checks hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks(u16);

impl Checks {
    /// Whether this one holds.
    #[must_use]
    pub fn hold(self, check: Check) -> bool {
        self.0 & (1 << check as u16) != 0
    }

    /// How many hold.
    #[must_use]
    pub fn passed(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether all hold.
    #[must_use]
    pub fn all(self) -> bool {
        usize::from(self.passed()) == Check::ALL.len()
    }

    fn with(self, check: Check, holds: bool) -> Self {
        Self(self.0 | u16::from(holds) << check as u16)
    }
}

/// How a report stands against the limits.
pub(super) struct CheckContext<'a> {
    pub(super) thresholds: &'a Thresholds,
    /// How many steps the limits have loosened.
    pub(super) steps: u8,
    /// What held before: it has the slack.
    pub(super) before: Checks,
    /// Whether the person sees the picture as in a mirror.
    pub(super) mirrored: bool,
    /// Width by height of the picture as it is shown.
    pub(super) aspect: f32,
}

/// What is there, against the limits: which checks hold, and what is to be said. What could not be measured holds: nobody
/// is kept from a photo by what nobody knows.
pub(super) fn check(report: &Report, context: &CheckContext<'_>) -> (Checks, Hint) {
    if is_black(report.frame_mean, report.frame_variance) {
        return (Checks::default(), Hint::NoPicture);
    }
    let Some(face) = report.face.filter(|_| report.faces > 0) else {
        let hint = if report.frame_mean < DARK_PICTURE { Hint::TooDark } else { Hint::NoFace };
        return (Checks::default(), hint);
    };
    let Some(place) = in_oval(report, &face, context.aspect) else { return (Checks::default(), Hint::NoFace) };
    let mut checks = Checks::default();
    let mut said = None;
    for check in Check::ALL {
        let wrong = wrong(check, report, place, context);
        checks = checks.with(check, wrong.is_none());
        said = said.or(wrong);
    }
    (checks, said.unwrap_or(Hint::Hold))
}

/// What is to be said, if the check fails.
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
        // A blur takes away what it is told by.
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

/// Which way the face has to go, as the person sees it: further in the direction in which it is missing most.
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
