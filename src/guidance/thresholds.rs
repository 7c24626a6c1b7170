//! Every limit of the guidance ([`Limit`]), with its unit, its reason and how it loosens, and every duration
//! ([`times`]).
//!
//! A failing check passes once its value is within the limit. A passing check fails only beyond limit and slack
//! together, so that a value near the limit does not flicker. Whenever the person makes no progress for some time
//! ([`times::LOOSEN`]), every limit moves one step further, at most [`times::LOOSEST`] steps, and never beyond its end.
//! The rule of exactly one face never loosens, and neither do the limits of the photo itself (see
//! [`Flaw::of`](super::Flaw::of)).

/// The version of the table below. It changes with every change of a limit.
pub const THRESHOLDS_VERSION: &str = "3";
/// The version if the page has changed a limit.
const CHANGED_VERSION: &str = "3-changed";
/// The face detector that makes the reports.
pub const MODEL: &str = "blazeface-short-range";

/// Every duration of the guidance, in milliseconds.
pub mod times {
    /// How long all checks must pass before the photo is taken.
    pub const HOLD: f64 = 600.0;
    /// How long checks may fail during the countdown.
    pub const FALTER: f64 = 300.0;
    /// The least time that a hint is shown: less can't be read.
    pub const SHOWN: f64 = 700.0;
    /// The same if an urgent hint follows: no picture, no face or several faces.
    pub const SHOWN_BEFORE_URGENT: f64 = 250.0;
    /// How long a reason must last before its hint is shown.
    pub const SETTLED: f64 = 200.0;
    /// The same for the hint before this one: two hints that take turns can't be followed.
    pub const SETTLED_AGAIN: f64 = 1_000.0;
    /// The same for "no face": a detector misses a face now and then.
    pub const SETTLED_NO_FACE: f64 = 500.0;
    /// The same for "no picture": cameras often begin with a few black frames.
    pub const SETTLED_NO_PICTURE: f64 = 1_000.0;
    /// After this time with a face but without a photo, the limits loosen by one step; and again after the same time.
    pub const LOOSEN: f64 = 4_000.0;
    /// The most steps.
    pub const LOOSEST: u8 = 3;
    /// A longer pause between two frames counts as unknown time.
    pub const GAP: f64 = 1_000.0;
    /// The least time between two hints announced to a screen reader.
    pub const SPOKEN: f64 = 2_000.0;
    /// After this time, the same hint is announced again: silence would mean that all is well.
    pub const SPOKEN_AGAIN: f64 = 6_000.0;
    /// How long the face may be out of sight during a challenge.
    pub const LOST: f64 = 1_000.0;
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The key in the page's `thresholds`.
    pub name: &'static str,
    /// The measured value.
    pub measure: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The limit: a minimum or a maximum.
    pub limit: f32,
    /// How far beyond the limit a passing check still passes; it has the sign of `step`.
    pub slack: f32,
    /// How far the limit moves with every step: negative for a minimum.
    pub step: f32,
    /// The end of all loosening, slack included: beyond it, no photo is taken automatically. A limit of the page that is
    /// further out is its own end.
    pub end: f32,
    /// The smallest and largest value that a page may set.
    pub range: (f32, f32),
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $variant:ident =
        $name:literal $measure:literal $unit:literal $limit:literal $slack:literal $step:literal $end:literal $least:literal $most:literal;)+) => {
        /// A limit. Its number is its row in [`Limit::TABLE`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Limit {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Limit {
            /// Every limit.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The table.
            pub const TABLE: [Threshold; COUNT] = [$(Threshold {
                name: $name,
                measure: $measure,
                unit: $unit,
                limit: $limit,
                slack: $slack,
                step: $step,
                end: $end,
                range: ($least, $most),
            }),+];
        }
    };
}

const COUNT: usize = 12;

limits! {
    // name, measure, unit, limit, slack, step, end, and the range for pages: least, most
    /// The narrowest face. If the head fills the oval, the detector's box has 0.85 to 0.95 of its width. At 0.6, a
    /// picture of 480 lines still has 68 pixels between the eyes.
    FaceWidthMin = "faceWidthMin" "faceWidth" "oval widths" 0.62 -0.04 -0.05 0.47 0.2 1.0;
    /// The widest face. Closer than this, the lens enlarges the nose, and hair and chin leave the picture.
    FaceWidthMax = "faceWidthMax" "faceWidth" "oval widths" 1.12 0.05 0.08 1.36 0.7 2.0;
    /// The largest horizontal distance between the middles of face and oval: the whole face is inside then.
    OffsetX = "offsetX" "faceOffsetX" "oval widths" 0.2 0.06 0.06 0.38 0.05 1.0;
    /// The largest vertical distance between the eyes and the oval's middle: the height of the eyes differs from face
    /// to face.
    OffsetY = "offsetY" "faceOffsetY" "oval widths" 0.26 0.06 0.06 0.44 0.05 1.0;
    /// The largest lean of the head. ISO/IEC 39794-5 allows 8 degrees, and the detector's mean error is 2.3.
    Roll = "roll" "poseRoll" "deg" 10.0 3.0 4.0 18.0 2.0 45.0;
    /// The largest turn of the head. Below 15 degrees the detector is right 9 times in 10, beyond 25 always.
    Yaw = "yaw" "poseYaw" "deg" 15.0 5.0 4.0 20.0 3.0 45.0;
    /// The least light on the face. The standard's score is half at 0.2 of linear light, which dark skin does not reach
    /// even in good light. At 0.03, which a picture shows as 0.19 of its white, shadows hide the features. The end is where
    /// a light of 6 % leaves dark skin.
    LuminanceMin = "luminanceMin" "luminanceMean" "ratio" 0.03 -0.006 -0.006 0.0128 0.0 0.5;
    /// The most light on the face. The standard's score falls from 0.7 on, and is half at 0.8.
    LuminanceMax = "luminanceMax" "luminanceMean" "ratio" 0.75 0.04 0.05 0.9 0.3 1.0;
    /// How evenly both cheeks are lit: the overlap of their histograms. Studio portraits have only 0.12 to 0.23, so
    /// only strong light from one side is reported.
    UniformityMin = "uniformityMin" "illuminationUniformity" "ratio" 0.05 -0.03 -0.01 0.0 0.0 1.0;
    /// How fast the face may move: 1 is 6 cm a second, which blurs two or three pixels of 480 at an exposure of 1/30 s.
    /// The detector's own noise is 0.2 to 0.5 at 15 frames a second.
    MotionMax = "motionMax" "motion" "ied/s" 1.0 0.6 0.4 2.2 0.1 10.0;
    /// How sharp the face is: 0.1 is a smear; a sharp face has 0.4 or more.
    SharpnessMin = "sharpnessMin" "sharpness" "ratio" 0.2 -0.03 -0.04 0.12 0.0 1.0;
    /// In the photo: pixels between the eyes. The standard's score is full from 90 on. In the oval, a camera of 480
    /// lines gives 70 to 110.
    EyeDistanceMin = "eyeDistanceMin" "interEyeDistance" "px" 60.0 -5.0 -8.0 36.0 10.0 400.0;
}

/// The page's `thresholds` are not in the table or out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown threshold, or a number out of its range")]
pub struct ThresholdsError;

/// The limits in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    limits: [f32; COUNT],
    changed: bool,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { limits: Limit::TABLE.map(|row| row.limit), changed: false }
    }
}

impl Thresholds {
    /// Replaces limits of the table by name.
    ///
    /// # Errors
    /// A name that is not in the table, or a number out of the row's range.
    pub fn with(overrides: &[(String, f64)]) -> Result<Self, ThresholdsError> {
        let mut thresholds = Self::default();
        for (name, value) in overrides {
            let index = Limit::TABLE.iter().position(|row| row.name == name).ok_or(ThresholdsError)?;
            let (value, (least, most)) = (*value as f32, Limit::TABLE[index].range);
            if !(least..=most).contains(&value) {
                return Err(ThresholdsError);
            }
            thresholds.limits[index] = value;
            thresholds.changed = true;
        }
        Ok(thresholds)
    }

    /// Returns the version of the table, or the one for changed limits.
    #[must_use]
    pub fn version(&self) -> &'static str {
        if self.changed { CHANGED_VERSION } else { THRESHOLDS_VERSION }
    }

    /// Returns a limit after this many steps.
    #[must_use]
    pub fn limit(&self, limit: Limit, steps: u8) -> f32 {
        self.bound(limit, Limit::TABLE[limit as usize].step * f32::from(steps))
    }

    /// Returns a limit moved this far, but not beyond its end.
    fn bound(&self, limit: Limit, by: f32) -> f32 {
        let (row, own) = (Limit::TABLE[limit as usize], self.limits[limit as usize]);
        if row.step < 0.0 { (own + by).max(row.end.min(own)) } else { (own + by).min(row.end.max(own)) }
    }

    /// Whether a value is within a limit after this many steps. `was` adds the slack: the check passed before.
    #[must_use]
    pub fn allow(&self, limit: Limit, value: f32, steps: u8, was: bool) -> bool {
        let row = Limit::TABLE[limit as usize];
        let slack = if was { row.slack } else { 0.0 };
        let bound = self.bound(limit, row.step * f32::from(steps) + slack);
        if row.step < 0.0 { value >= bound } else { value <= bound }
    }
}
