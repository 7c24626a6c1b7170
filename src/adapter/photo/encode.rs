//! Encodes a picture as a photo ([`encode`]): draws it on a canvas, tries qualities until the number of bytes fits, and
//! removes the metadata.
//!
//! [`encode_search`](super::encode_search) decides which quality to try next.

use std::ops::RangeInclusive;

use web_sys::Blob;

use super::encode_search::{Search, fit};
use super::files::{ALL, jpeg_blob, read};
use super::limits::{LONGEST_SIDE, is_blank};
use super::strip_metadata::strip_metadata;
use crate::adapter::canvas::{Canvas, Picture, Purpose};
use crate::adapter::luminance;
use crate::flow::{GrabFailure, Luminance};

/// A photo: a JPEG in sRGB, upright and without metadata. Where the browser spoils what is drawn, it is the file itself, and
/// keeps its rotation.
#[derive(Clone, Debug)]
pub struct EncodedPhoto {
    /// The file.
    pub blob: Blob,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The measured luminance; `None` if the browser blocks reading pixels.
    pub luminance: Option<Luminance>,
}

/// Encodes the canvas to about this many bytes.
pub(super) async fn encode(canvas: Canvas, wanted: RangeInclusive<u32>) -> Result<EncodedPhoto, GrabFailure> {
    let luminance = luminance::picture(canvas.picture());
    let (width, height) = canvas.picture().size();
    let mut search = Search::new(wanted, width.max(height));
    let mut next = Some(search.first());
    let mut best = None;
    while let Some(encoding) = next {
        let scaled =
            if encoding.side < width.max(height) { Some(resized(canvas.picture(), encoding.side)?) } else { None };
        let source = scaled.as_ref().unwrap_or(&canvas);
        let jpeg = source.jpeg(encoding.quality).await.ok_or(GrabFailure::Frame)?;
        // A canvas of 1600 pixels has far fewer bytes than a u32 counts.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let assessment = search.assess(jpeg.size() as u32);
        if assessment.best {
            best = Some((jpeg, source.picture().size()));
        }
        next = assessment.next;
    }
    let (jpeg, (width, height)) = best.ok_or(GrabFailure::Frame)?;
    let clean = read(&jpeg, ALL).await.and_then(|jpeg| strip_metadata(&jpeg)).ok_or(GrabFailure::Frame)?;
    Ok(EncodedPhoto { blob: jpeg_blob(&clean), width, height, luminance })
}

/// Draws the picture on a canvas of its own, scaled down to the size of a photo. Fails if the browser draws nothing, as
/// WebKit does with a frame now and then.
pub(super) fn drawn(picture: Picture<'_>) -> Result<Canvas, GrabFailure> {
    let (width, height) = picture.size();
    if width == 0 || height == 0 {
        return Err(GrabFailure::Frame);
    }
    let canvas = resized(picture, LONGEST_SIDE)?;
    if luminance::picture(canvas.picture()).is_some_and(is_blank) { Err(GrabFailure::Frame) } else { Ok(canvas) }
}

fn resized(picture: Picture<'_>, longest: u32) -> Result<Canvas, GrabFailure> {
    let (width, height) = picture.size();
    let (width, height) = fit(width, height, longest);
    let canvas = Canvas::new(width, height, Purpose::Encode).ok_or(GrabFailure::Frame)?;
    if canvas.draw(picture) { Ok(canvas) } else { Err(GrabFailure::Frame) }
}
