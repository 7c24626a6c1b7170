//! What can be read from an uploaded selfie ([`Selfie`], [`Unusable`]). A pure function of the object's bytes.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

/// No side of a selfie may be longer, in pixels: a bound on what a hostile file can make the decoder do.
const MAX_SIDE: u32 = 10_000;
/// Bytes that the decoder may allocate: 50 megapixels of RGBA.
const MAX_ALLOCATION: u64 = 200 * 1024 * 1024;

/// A selfie that was decoded to its last pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selfie {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why an object is no selfie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is neither JPEG nor PNG.
    Format,
    /// It begins like an image but can't be decoded: damaged, cut off or too large.
    Damaged,
}

impl Unusable {
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
/// [`Unusable`] where the bytes are not a whole JPEG or PNG within the limits.
pub fn decode(bytes: &[u8]) -> Result<Selfie, Unusable> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unusable::Format)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(Unusable::Format);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOCATION);
    reader.limits(limits);
    let image = reader.decode().map_err(|_| Unusable::Damaged)?;
    Ok(Selfie { width: image.width(), height: image.height() })
}
