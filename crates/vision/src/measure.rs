//! What is measured ([`Measure`]), and what came of it ([`Reading`]).

/// A quality measure. The names are those of ISO/IEC 29794-5:2025, but for [`Motion`](Measure::Motion).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Single face present.
    SingleFacePresent,
    /// Head size.
    HeadSize,
    /// Leftward crop of the face image.
    LeftwardCrop,
    /// Rightward crop of the face image.
    RightwardCrop,
    /// Margin above the face.
    MarginAbove,
    /// Margin below the face.
    MarginBelow,
    /// Inter-eye distance.
    InterEyeDistance,
    /// Head pose, angle about the viewing axis: positive where the person's head leans to their left shoulder.
    PoseRoll,
    /// Head pose, angle about the vertical axis: positive where the person looks to their left.
    PoseYaw,
    /// Luminance mean.
    LuminanceMean,
    /// Luminance variance.
    LuminanceVariance,
    /// Under-exposure prevention.
    UnderExposurePrevention,
    /// Over-exposure prevention.
    OverExposurePrevention,
    /// Dynamic range.
    DynamicRange,
    /// Illumination uniformity.
    IlluminationUniformity,
    /// Sharpness.
    Sharpness,
    /// Compression artefacts.
    CompressionArtefacts,
    /// Natural colour.
    NaturalColour,
    /// How fast the eyes move from one frame to the next, in inter-eye distances a second. Not of the standard.
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
}

/// What a measure came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The native value, in the measure's own unit.
    pub value: f32,
    /// The quality score, 0 bad to 100 good, where the standard maps the value to one.
    pub score: Option<u8>,
}
