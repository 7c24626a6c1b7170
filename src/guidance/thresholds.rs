//! Every limit of the guidance ([`Limit`]), with its unit, its reason and how it loosens, and every time ([`times`]).
//!
//! A check that fails passes once its value is within the limit; one that passes fails only beyond limit and slack
//! together, so that a value near the limit does not flicker. Each time that the person is stuck
//! ([`times::LOOSEN`]), every limit moves one step further, at most [`times::LOOSEST`] steps. Whether there is just one
//! face never loosens.

use std::fmt;

/// The version of the table below. It changes with every limit in it.
pub const THRESHOLDS_VERSION: &str = "1";
/// The same where the page has changed a limit.
const CHANGED_VERSION: &str = "1-changed";
/// The face detector behind the reports.
pub const MODEL: &str = "blazeface-short-range";

/// Every time of the guidance, in milliseconds.
pub mod times {
    /// All checks hold for so long before the photo is taken.
    pub const HOLD: f64 = 600.0;
    /// In the countdown, checks may fail for so long.
    pub const FALTER: f64 = 300.0;
    /// A hint stays for at least so long: less can't be read.
    pub const SHOWN: f64 = 700.0;
    /// The same, where no picture, no face or several faces are what is to be said next.
    pub const SHOWN_BEFORE_URGENT: f64 = 250.0;
    /// What a hint says has to be so for so long before it is said.
    pub const SETTLED: f64 = 200.0;
    /// The same for «no face»: a detector misses one now and then.
    pub const SETTLED_NO_FACE: f64 = 500.0;
    /// The same for «no picture»: cameras often begin with a few black frames.
    pub const SETTLED_NO_PICTURE: f64 = 1_000.0;
    /// A face in sight for so long without a photo, and the limits loosen by a step; and again after as long.
    pub const LOOSEN: f64 = 4_000.0;
    /// So many steps at most.
    pub const LOOSEST: u8 = 3;
    /// Nothing is known of a pause between two frames that is longer than this.
    pub const GAP: f64 = 1_000.0;
    /// A screen reader is told a new hint at most so often.
    pub const SPOKEN: f64 = 2_000.0;
    /// In a challenge, the face may be out of sight for so long.
    pub const LOST: f64 = 1_000.0;
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The key in the page's `thresholds`.
    pub name: &'static str,
    /// What is measured.
    pub measure: &'static str,
    /// In which unit.
    pub unit: &'static str,
    /// The limit: the least that passes, or the most.
    pub limit: f32,
    /// How far beyond the limit a check that passes goes on passing; its sign is that of `step`.
    pub slack: f32,
    /// How far the limit moves with every step: negative for a least.
    pub step: f32,
    /// The least and the most that a page may set.
    pub range: (f32, f32),
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $variant:ident =
        $name:literal $measure:literal $unit:literal $limit:literal $slack:literal $step:literal $least:literal $most:literal;)+) => {
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
                range: ($least, $most),
            }),+];
        }
    };
}

const COUNT: usize = 12;

limits! {
    // name measure unit limit slack step, and what a page may set: least most
    /// The narrowest face. A head that fills the oval gives a detector's box of 0.85 to 0.95 of its width; at 0.6 of it, a
    /// picture of 480 lines still has 68 pixels between the eyes.
    FaceWidthMin = "faceWidthMin" "faceWidth" "oval widths" 0.62 -0.04 -0.05 0.2 1.0;
    /// The widest face. Nearer than this, the lens draws the nose large, and hair and chin leave the picture.
    FaceWidthMax = "faceWidthMax" "faceWidth" "oval widths" 1.12 0.05 0.08 0.7 2.0;
    /// How far the middle of the face may be from that of the oval, across: then it is inside as a whole.
    OffsetX = "offsetX" "faceOffsetX" "oval widths" 0.2 0.06 0.06 0.05 1.0;
    /// How far the eyes may be above or below the oval's middle: faces differ in where the eyes are.
    OffsetY = "offsetY" "faceOffsetY" "oval widths" 0.26 0.06 0.06 0.05 1.0;
    /// How far the head may lean: ISO/IEC 39794-5 allows 8 degrees, and the detector is off by 2.3 on average.
    Roll = "roll" "poseRoll" "deg" 10.0 3.0 4.0 2.0 45.0;
    /// How far the head may be turned: below 15 degrees the detector decides rightly 9 times in 10, beyond 25 always.
    Yaw = "yaw" "poseYaw" "deg" 15.0 5.0 4.0 3.0 45.0;
    /// The least light on the face. The standard's score is half at 0.2 of linear light, which no dark skin reaches in
    /// good light; 0.03 is where shadows swallow the features, in a picture that shows it as 0.19 of its white.
    LuminanceMin = "luminanceMin" "luminanceMean" "ratio" 0.03 -0.006 -0.006 0.0 0.5;
    /// The most light on the face: the standard's score falls from 0.7, and is half at 0.8.
    LuminanceMax = "luminanceMax" "luminanceMean" "ratio" 0.75 0.04 0.05 0.3 1.0;
    /// How alike both cheeks are lit: what their histograms have in common. A studio's portrait has only 0.12 to 0.23, so
    /// that only light plainly from one side is told.
    UniformityMin = "uniformityMin" "illuminationUniformity" "ratio" 0.05 -0.02 -0.01 0.0 1.0;
    /// How fast the face may move: 1 is 6 cm a second, which at an exposure of 1/30 s blurs by two or three pixels of 480. The
    /// detector's own unrest comes to 0.2 to 0.5 at 15 frames a second.
    MotionMax = "motionMax" "motion" "ied/s" 1.0 0.6 0.4 0.1 10.0;
    /// How sharp the face is: 0.1 is a smear, 0.4 and more a sharp face.
    SharpnessMin = "sharpnessMin" "sharpness" "ratio" 0.2 -0.03 -0.04 0.0 1.0;
    /// In the photo: pixels between the eyes. The standard's score is full from 90; in the oval, a camera of 480 lines
    /// gives 70 to 110.
    EyeDistanceMin = "eyeDistanceMin" "interEyeDistance" "px" 60.0 -5.0 -8.0 10.0 400.0;
}

/// A page's `thresholds` are not what the table allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThresholdsError;

impl fmt::Display for ThresholdsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such threshold, or a number out of its range")
    }
}

impl std::error::Error for ThresholdsError {}

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
    /// The table with some limits in other places, by name.
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

    /// The version of the table, or that the page changed it.
    #[must_use]
    pub fn version(&self) -> &'static str {
        if self.changed { CHANGED_VERSION } else { THRESHOLDS_VERSION }
    }

    /// A limit after so many steps.
    #[must_use]
    pub fn limit(&self, limit: Limit, steps: u8) -> f32 {
        self.limits[limit as usize] + Limit::TABLE[limit as usize].step * f32::from(steps)
    }

    /// Whether a value is within a limit: after so many steps, and with the slack where it was before.
    #[must_use]
    pub fn allow(&self, limit: Limit, value: f32, steps: u8, was: bool) -> bool {
        let row = Limit::TABLE[limit as usize];
        let bound = self.limit(limit, steps) + if was { row.slack } else { 0.0 };
        if row.step < 0.0 { value >= bound } else { value <= bound }
    }
}
