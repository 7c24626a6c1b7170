//! What is measured ([`Measure`]), and what came of it ([`Reading`]).

/// A quality measure of ISO/IEC 29794-5:2025, by its name there, but for [`Motion`](Measure::Motion). «§» is the
/// clause of the standard. Values and scores are those of its reference implementation, OFIQ 1.0.3, as far as six
/// keypoints let them be; what differs is said at each. σ(x; m, w) = 1 / (1 + e^((m − x) / w)); e is the distance of
/// the eyes in the frame, t that from between the eyes to the chin. Scores end at 0 and 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Single face present, §7.4.2: the box of the second largest face by that of the largest, 0 where there is one.
    /// Score 100 (1 − v).
    SingleFacePresent,
    /// Head size, §7.4.9: t by the frame's height. Score 200 (1 − σ(|v − 0.45|; 0, 0.05)). The chin is reckoned:
    /// t is 1.55 times the distance to the mouth, ± 6 % (one standard deviation).
    HeadSize,
    /// Leftward crop of the face in the image, §7.4.10.1: from the person's right eye to the frame's left edge, in e.
    /// Score 100 σ(v; 0.9, 0.1). OFIQ 1.0.3 takes the other eye, which adds the cosine of the roll, about 1.
    LeftwardCrop,
    /// Rightward crop of the face in the image, §7.4.10.2: from the person's left eye to the frame's right edge. As
    /// the leftward.
    RightwardCrop,
    /// Margin above the face, §7.4.10.3: from between the eyes to the top, in t. Score 100 σ(v; 1.4, 0.1).
    MarginAbove,
    /// Margin below the face, §7.4.10.4: from between the eyes to the bottom, in t. Score 100 σ(v; 1.8, 0.1).
    MarginBelow,
    /// Inter-eye distance, §7.4.8: e by the cosine of the yaw. Score 100 σ(v; 70, 20). In pixels of the frame that
    /// was looked at, so of a scaled frame it is not that of the photo.
    InterEyeDistance,
    /// Head pose, angle about the viewing axis, §7.4.11.4: positive where the person's head leans to their left
    /// shoulder. Score 100 cos². From the eyes: 2.3° mean error against a mesh of 468 points.
    PoseRoll,
    /// Head pose, angle about the vertical axis, §7.4.11.2: positive where the person looks to their left. Score 100
    /// cos². From nose and ears: 4 to 6° mean error against the mesh, and 60° is the most that is told.
    PoseYaw,
    /// Luminance mean, §7.3.4.2: of the linear Rec. 709 luminance of the face, 0 to 1. Score
    /// 100 σ(v; 0.2, 0.05) (1 − σ(v; 0.8, 0.05)).
    LuminanceMean,
    /// Luminance variance, §7.3.4.3: of the same. Score 100 sin(π 60 v / (60 v + 1)).
    LuminanceVariance,
    /// Under-exposure prevention, §7.3.5: how much of the face has a luminance of 25 or less, of 255. Score
    /// 120 (0.832 − σ(v; 0.92, 0.05)). Glasses, hair and hands within the face count too.
    UnderExposurePrevention,
    /// Over-exposure prevention, §7.3.6: how much of the face has a luminance of 247 or more. Score 1 / (v + 0.01).
    /// As above.
    OverExposurePrevention,
    /// Dynamic range, §7.3.7: the entropy of the face's luminance, in bits. Score 12.5 v.
    DynamicRange,
    /// Illumination uniformity, §7.3.3: what the luminance histograms of a zone of either cheek share, 0 to 1. Score
    /// 100 v^0.3.
    IlluminationUniformity,
    /// Sharpness, §7.3.8, by a measure of our own: fine detail by coarse detail, of the face scaled to about 58
    /// pixels between the eyes. Brightness and contrast cancel out; noise reads as detail, and a farther face has
    /// less. 0.1 is a smear, 0.4 and up a sharp face. OFIQ asks a random forest, whose scale this is not: no score.
    Sharpness,
    /// No compression artefacts, §7.3.9, by a measure of our own: the steps across the edges of JPEG's 8 × 8 blocks
    /// by those elsewhere in the face: near 1 without, more the coarser. OFIQ asks a neural network, whose scale this
    /// is not: no score. Absent where the frame may have been scaled ([`Frame::unscaled`](crate::Frame::unscaled)).
    CompressionArtefacts,
    /// Natural colour, §7.3.10: how far the mean colour of a zone of either cheek is from the CIELAB box a* 5 to 25,
    /// b* 5 to 35; 100 where a* or b* is negative, 0 in a grey picture. Score 200 (1 − σ(v; 0, 10)).
    NaturalColour,
    /// How fast the eyes move from one frame to the next, in inter-eye distances a second. Not of the standard, no
    /// score.
    Motion,
}

impl Measure {
    /// Every measure, in the order of a report.
    pub const ALL: [Self; 19] = [
        Self::SingleFacePresent,
        Self::HeadSize,
        Self::LeftwardCrop,
        Self::RightwardCrop,
        Self::MarginAbove,
        Self::MarginBelow,
        Self::InterEyeDistance,
        Self::PoseRoll,
        Self::PoseYaw,
        Self::LuminanceMean,
        Self::LuminanceVariance,
        Self::UnderExposurePrevention,
        Self::OverExposurePrevention,
        Self::DynamicRange,
        Self::IlluminationUniformity,
        Self::Sharpness,
        Self::CompressionArtefacts,
        Self::NaturalColour,
        Self::Motion,
    ];

    /// Its name in an event.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SingleFacePresent => "singleFacePresent",
            Self::HeadSize => "headSize",
            Self::LeftwardCrop => "leftwardCrop",
            Self::RightwardCrop => "rightwardCrop",
            Self::MarginAbove => "marginAbove",
            Self::MarginBelow => "marginBelow",
            Self::InterEyeDistance => "interEyeDistance",
            Self::PoseRoll => "poseRoll",
            Self::PoseYaw => "poseYaw",
            Self::LuminanceMean => "luminanceMean",
            Self::LuminanceVariance => "luminanceVariance",
            Self::UnderExposurePrevention => "underExposurePrevention",
            Self::OverExposurePrevention => "overExposurePrevention",
            Self::DynamicRange => "dynamicRange",
            Self::IlluminationUniformity => "illuminationUniformity",
            Self::Sharpness => "sharpness",
            Self::CompressionArtefacts => "compressionArtefacts",
            Self::NaturalColour => "naturalColour",
            Self::Motion => "motion",
        }
    }

    /// The unit of its value: `ratio` (a number without unit), `px`, `deg`, `bits`, `ied` (inter-eye distances), `t`
    /// (distances from between the eyes to the chin), `deltaE` (distances in CIELAB), `ied/s`.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::LeftwardCrop | Self::RightwardCrop => "ied",
            Self::MarginAbove | Self::MarginBelow => "t",
            Self::InterEyeDistance => "px",
            Self::PoseRoll | Self::PoseYaw => "deg",
            Self::DynamicRange => "bits",
            Self::NaturalColour => "deltaE",
            Self::Motion => "ied/s",
            _ => "ratio",
        }
    }
}

/// What a measure came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The native value, in the measure's own unit.
    pub value: f32,
    /// The quality score, 0 bad to 100 good, where the standard maps the value to one.
    pub score: Option<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_stand_in_their_order_and_names_are_their_own() {
        for (index, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure as usize, index);
            assert_eq!(measure.name().to_lowercase(), format!("{measure:?}").to_lowercase());
        }
    }
}
