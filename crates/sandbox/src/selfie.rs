//! Decodes an uploaded selfie ([`decode`], [`DecodeError`]) and finds a reason to reject it ([`find_flaw`], [`Flaw`]). Pure
//! functions of the object's bytes.

use std::io::Cursor;

use akiba_vision::{Analyser, Frame, Measure};
use image::{ImageFormat, ImageReader, Limits, RgbaImage};

/// Longest side of a selfie, in pixels: it bounds the work that a hostile file can cause.
const MAX_SIDE: u32 = 10_000;
/// Limit of the decoder's allocations in bytes: 50 megapixels of RGBA.
const MAX_ALLOCATION: u64 = 200 * 1024 * 1024;

/// A face with a lower mean luminance (linear, 0 black to 1 white) is too dark to compare. The widget's own checks never
/// let a photo like this pass. No vendor publishes a limit.
const DARK: f32 = 0.01;
/// The same for a picture without a face, as the mean of its sRGB values.
const DARK_PICTURE: f32 = 0.1;

/// Why an object can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It is neither JPEG nor PNG.
    Format,
    /// It begins like an image but is damaged, truncated or too large.
    Damaged,
}

impl DecodeError {
    /// Returns the message of the vendor's reply.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Format => "The selfie is not a JPEG or PNG image",
            Self::Damaged => "The selfie could not be decoded",
        }
    }
}

/// Decodes an object. This blocks: do not call it on an async thread.
///
/// # Errors
/// [`DecodeError`] if the bytes are not a complete JPEG or PNG within the limits.
pub fn decode(bytes: &[u8]) -> Result<RgbaImage, DecodeError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| DecodeError::Format)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(DecodeError::Format);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION);
    reader.limits(limits);
    Ok(reader.decode().map_err(|_| DecodeError::Damaged)?.into_rgba8())
}

/// Why a picture can't be compared with the photo on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// It shows no face.
    NoFace,
    /// It shows more than one face.
    SeveralFaces,
    /// The face is too dark.
    Dark,
}

impl Flaw {
    /// Returns the message of the vendor's reply.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NoFace => "No face was found in the selfie",
            Self::SeveralFaces => "More than one face was found in the selfie",
            Self::Dark => "The face in the selfie is too dark",
        }
    }
}

/// Finds a reason to reject a picture. This blocks: do not call it on an async thread.
#[must_use]
pub fn find_flaw(picture: &RgbaImage) -> Option<Flaw> {
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture.as_raw(), width as usize, height as usize)?;
    let report = Analyser::default().analyse(frame, 0.0);
    let dark = report.value(Measure::LuminanceMean).is_some_and(|mean| mean < DARK);
    match report.faces {
        0 if report.frame_mean < DARK_PICTURE => Some(Flaw::Dark),
        0 => Some(Flaw::NoFace),
        1 if dark => Some(Flaw::Dark),
        1 => None,
        _ => Some(Flaw::SeveralFaces),
    }
}
