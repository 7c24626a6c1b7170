//! Encodes a picture as a photo ([`encode`]): draws it on a canvas, tries qualities until the number of bytes fits, and
//! removes the metadata.
//!
//! [`encode_search`](super::encode_search) decides which quality to try next.

use std::ops::RangeInclusive;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use super::encode_search::{Search, fit};
use super::limits::LONGEST_SIDE;
use super::strip_metadata::strip_metadata;
use crate::adapter::canvas::{Canvas, Picture, Purpose};
use crate::adapter::js::blob_bytes;
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
    let luminance = luminance::picture(Picture::Canvas(&canvas));
    let (width, height) = Picture::Canvas(&canvas).size();
    let mut search = Search::new(wanted, width.max(height));
    let mut next = Some(search.first());
    let mut best = None;
    while let Some(encoding) = next {
        let scaled = if encoding.side < width.max(height) {
            Some(resized(Picture::Canvas(&canvas), encoding.side)?)
        } else {
            None
        };
        let source = scaled.as_ref().unwrap_or(&canvas);
        let jpeg = source.jpeg(encoding.quality).await.map_err(|_| GrabFailure::Frame)?;
        // A canvas of 1600 pixels has far fewer bytes than a u32 counts.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let assessment = search.assess(jpeg.size() as u32);
        if assessment.best {
            best = Some((jpeg, Picture::Canvas(source).size()));
        }
        next = assessment.next;
    }
    let (jpeg, (width, height)) = best.ok_or(GrabFailure::Frame)?;
    let clean = blob_bytes(&jpeg).await.and_then(|jpeg| strip_metadata(&jpeg)).ok_or(GrabFailure::Frame)?;
    let blob = jpeg_blob(&clean).map_err(|_| GrabFailure::Frame)?;
    Ok(EncodedPhoto { blob, width, height, luminance })
}

/// Draws the picture on a canvas of its own, scaled down to the size of a photo.
pub(super) fn drawn(picture: Picture<'_>) -> Result<Canvas, GrabFailure> {
    let (width, height) = picture.size();
    if width == 0 || height == 0 {
        return Err(GrabFailure::Frame);
    }
    resized(picture, LONGEST_SIDE)
}

fn resized(picture: Picture<'_>, longest: u32) -> Result<Canvas, GrabFailure> {
    let (width, height) = picture.size();
    let (width, height) = fit(width, height, longest);
    let canvas = Canvas::new(width, height, Purpose::Encode).ok_or(GrabFailure::Frame)?;
    canvas.draw(picture).map_err(|_| GrabFailure::Frame)?;
    Ok(canvas)
}

pub(super) fn jpeg_blob(bytes: &[u8]) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("image/jpeg");
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &options)
}
