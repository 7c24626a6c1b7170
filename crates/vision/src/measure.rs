//! The quality measures ([`Measure`]) and their results ([`Reading`]).

/// A quality measure of ISO/IEC 29794-5:2025 with its name there, except [`Motion`](Measure::Motion) and
/// [`EyeContrast`](Measure::EyeContrast). "§" is the clause of
/// the standard. Values and scores follow its reference implementation, OFIQ 1.0.3, as far as six keypoints allow; each
/// variant states the differences.
///
/// Notation: v is the value, and σ(x; m, w) = 1 / (1 + e^((m − x) / w)). e is the distance between the eyes in the frame,
/// and t the distance from the point between the eyes to the chin. Scores are limited to 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Single face present, §7.4.2: the area of the second largest face divided by the area of the largest, or 0 if there
    /// is only one. Score 100 (1 − v).
    SingleFacePresent,
    /// Head size, §7.4.9: t divided by the frame's height. Score 200 (1 − σ(|v − 0.45|; 0, 0.05)). The chin is estimated:
    /// t is 1.55 times the distance to the mouth, ± 6 % (one standard deviation).
    HeadSize,
    /// Leftward crop of the face in the image, §7.4.10.1: from the person's right eye to the frame's left edge, in e.
    /// Score 100 σ(v; 0.9, 0.1). OFIQ 1.0.3 uses the other eye, which adds the cosine of the roll, about 1.
    LeftwardCrop,
    /// Rightward crop of the face in the image, §7.4.10.2: from the person's left eye to the frame's right edge. Score
    /// as for the leftward crop.
    RightwardCrop,
    /// Margin above the face, §7.4.10.3: from the point between the eyes to the top, in t. Score 100 σ(v; 1.4, 0.1).
    MarginAbove,
    /// Margin below the face, §7.4.10.4: from the point between the eyes to the bottom, in t. Score 100 σ(v; 1.8, 0.1).
    MarginBelow,
    /// Inter-eye distance, §7.4.8: e divided by the cosine of the yaw. Score 100 σ(v; 70, 20). In pixels of this frame,
    /// so a scaled frame gives another value than the photo.
    InterEyeDistance,
    /// Head pose, angle about the viewing axis, §7.4.11.4: positive if the person's head leans to their left
    /// shoulder. Score 100 cos². From the eyes: 2.3° mean error against a mesh of 468 points.
    PoseRoll,
    /// Head pose, angle about the vertical axis, §7.4.11.2: positive if the person looks to their left. Score 100
    /// cos². From nose and ears: 4 to 6° mean error against the mesh, and 60° is the largest value.
    PoseYaw,
    /// Luminance mean, §7.3.4.2: the mean linear Rec. 709 luminance of the face, 0 to 1. Score
    /// 100 σ(v; 0.2, 0.05) (1 − σ(v; 0.8, 0.05)).
    LuminanceMean,
    /// Luminance variance, §7.3.4.3: the variance of the same. Score 100 sin(π 60 v / (60 v + 1)).
    LuminanceVariance,
    /// Under-exposure prevention, §7.3.5: the share of the face with a luminance of at most 25 of 255. Score
    /// 120 (0.832 − σ(v; 0.92, 0.05)). Glasses, hair and hands within the face count too.
    UnderExposurePrevention,
    /// Over-exposure prevention, §7.3.6: the share of the face with a luminance of at least 247. Score 1 / (v + 0.01).
    /// Glasses, hair and hands count here too.
    OverExposurePrevention,
    /// Dynamic range, §7.3.7: the entropy of the face's luminance, in bits. Score 12.5 v.
    DynamicRange,
    /// Illumination uniformity, §7.3.3: the overlap of the luminance histograms of two zones, one on
    /// each cheek, 0 to 1. Score
    /// 100 v^0.3.
    IlluminationUniformity,
    /// Sharpness, §7.3.8, by our own measure: fine detail divided by coarse detail, of the face scaled to about 58
    /// pixels between the eyes. Brightness and contrast cancel out. Noise counts as detail, and a more distant face has
    /// less. 0.1 is a smear, 0.4 or more a sharp face. OFIQ uses a random forest with another scale, so there is no score.
    Sharpness,
    /// No compression artefacts, §7.3.9, by our own measure: the steps across the edges of JPEG's 8 × 8 blocks divided
    /// by the steps elsewhere in the face. It is near 1 without artefacts, and grows with them. OFIQ uses a neural network
    /// with another scale, so there is no score. Absent if the frame may have been scaled
    /// ([`Frame::unscaled`](crate::Frame::unscaled)).
    CompressionArtefacts,
    /// Natural colour, §7.3.10: the distance of the mean colour of the two cheek zones from the CIELAB box a* 5 to 25,
    /// b* 5 to 35. It is 100 if a* or b* is negative, and 0 in a grey picture. Score 200 (1 − σ(v; 0, 10)).
    NaturalColour,
    /// The speed of the eyes from frame to frame, in inter-eye distances a second. Not part of the standard, so there is
    /// no score.
    Motion,
    /// How much the eyes stand out: the standard deviation of luma divided by its mean, in a patch at each eye. Open eyes
    /// have more than closed ones in the same light. Between people and lights it varies more, so it has no limit. Not
    /// part of the standard, so there is no score.
    EyeContrast,
}

impl Measure {
    /// Every measure, in the order of a report.
    pub const ALL: [Self; 20] = [
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
        Self::EyeContrast,
    ];

    /// Returns its name in events.
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
            Self::EyeContrast => "eyeContrast",
        }
    }

    /// Returns the unit of its value: `ratio` (without unit), `px`, `deg`, `bits`, `ied` (inter-eye distances), `t`
    /// (distances from the point between the eyes to the chin), `deltaE` (distances in CIELAB), `ied/s`.
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

/// The result of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The native value, in the measure's own unit.
    pub value: f32,
    /// The quality score, 0 bad to 100 good, if the standard defines one for the value.
    pub score: Option<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_in_order_and_have_their_names() {
        for (index, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure as usize, index);
            assert_eq!(measure.name().to_lowercase(), format!("{measure:?}").to_lowercase());
        }
    }
}
