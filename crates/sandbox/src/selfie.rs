//! What can be read from an uploaded selfie: the picture ([`decode`], [`DecodeError`]), and what a vendor would hold against
//! it ([`flaw`], [`Flaw`]). Pure functions of the object's bytes.

use std::io::Cursor;

use akiba_vision::{Analyser, Frame, Measure};
use image::{ImageFormat, ImageReader, Limits, RgbaImage};

/// No side of a selfie may be longer, in pixels: a bound on what a hostile file can make the decoder do.
const MAX_SIDE: u32 = 10_000;
/// Bytes that the decoder may allocate: 50 megapixels of RGBA.
const MAX_ALLOCATION: u64 = 200 * 1024 * 1024;

/// A face with less linear light than this, 0 black to 1 white, is too dark to compare: the widget lets nothing of the
/// sort pass by itself. No vendor publishes such a limit.
const DARK: f32 = 0.01;
/// The same for a picture in which nobody is found, as the mean of its sRGB values.
const DARK_PICTURE: f32 = 0.1;

/// Why an object is no selfie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It is neither JPEG nor PNG.
    Format,
    /// It begins like an image but can't be decoded: damaged, cut off or too large.
    Damaged,
}

impl DecodeError {
    /// The sentence that the vendor's reply carries.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Format => "The selfie is not a JPEG or PNG image",
            Self::Damaged => "The selfie could not be decoded",
        }
    }
}

/// Decodes an object. Takes as long as decoding takes: not for an async thread.
///
/// # Errors
/// [`DecodeError`] where the bytes are not a whole JPEG or PNG within the limits.
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

/// Why a picture can't be compared with a face on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Nobody is in it.
    NoFace,
    /// More than one person is in it.
    SeveralFaces,
    /// The face is too dark.
    Dark,
}

impl Flaw {
    /// The sentence that the vendor's reply carries.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NoFace => "No face was found in the selfie",
            Self::SeveralFaces => "More than one face was found in the selfie",
            Self::Dark => "The face in the selfie is too dark",
        }
    }
}

/// Looks for what makes a picture useless. Takes a while: not for an async thread.
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
