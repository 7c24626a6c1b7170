//! Makes the photo to send ([`EncodedPhoto`]): from the camera's frame, from a file, or from a photo that is too large.

use std::ops::RangeInclusive;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, File, HtmlVideoElement};

use self::burst::{Best, FRAMES, GAP_MS};
use self::decode::Decoded;
use self::encode_search::{Search, fit};
use self::image_header::Kind;
use self::jpeg::strip_metadata;
pub use self::limits::{BYTES, FILE_BYTES, FILE_PIXELS, LONGEST_SIDE};
use self::limits::{check_bytes, check_pixels, smaller_than, undecodable};
use super::canvas::{Canvas, Picture, Purpose};
use super::js::settled;
use super::luminance;
use super::vision::Analyser;
use crate::flow::{GrabFailure, Luminance};

mod burst;
mod decode;
mod encode_search;
mod image_header;
mod jpeg;
mod limits;
pub mod object_url;

/// A JPEG's header is searched in this many bytes. EXIF with its thumbnail takes up to 64 kB, colour profiles more.
const HEAD_BYTES: i32 = 256 * 1024;
/// The length of the end marker of a JPEG or PNG.
const END_BYTES: i32 = 8;

/// A photo: a JPEG in sRGB, upright and without metadata.
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

/// A frame of the camera: its pixels, which need the camera no longer.
pub struct Frame(Canvas);

impl Frame {
    /// Draws the video's current frame as the camera sees it, not mirrored.
    ///
    /// # Errors
    /// [`GrabFailure::Frame`].
    pub fn current(video: &HtmlVideoElement) -> Result<Self, GrabFailure> {
        Ok(Self(drawn(Picture::Video(video))?))
    }

    /// Makes a photo from the frame.
    ///
    /// # Errors
    /// [`GrabFailure::Frame`].
    pub async fn photo(self) -> Result<EncodedPhoto, GrabFailure> {
        encode(self.0, BYTES).await
    }
}

/// Draws the best of the video's next few frames. Without analysis, draws the current frame.
///
/// # Errors
/// [`GrabFailure::Frame`].
pub async fn burst(video: &HtmlVideoElement, analyser: &Analyser) -> Result<Frame, GrabFailure> {
    let mut best = Best::new();
    for _ in 0..FRAMES {
        let pause = TimeoutFuture::new(GAP_MS);
        // If the video stops meanwhile, the frames so far are used.
        let Ok(canvas) = drawn(Picture::Video(video)) else { break };
        let report = analyser.analyse_frame(&canvas).await;
        if !best.offer(canvas, report.as_ref()) {
            break;
        }
        pause.await;
    }
    best.into_frame().map(Frame).ok_or(GrabFailure::Frame)
}

/// Makes a photo from a file that the person chose.
///
/// # Errors
/// - [`GrabFailure::TooLarge`]: it has more bytes or pixels than [`FILE_BYTES`] or [`FILE_PIXELS`].
/// - [`GrabFailure::NotAnImage`]: this browser can't show it.
/// - [`GrabFailure::Unreadable`]: it is a damaged image, or was removed from the disk.
/// - [`GrabFailure::Frame`]: the browser can't encode it.
pub async fn from_file(file: &File) -> Result<EncodedPhoto, GrabFailure> {
    check_bytes(file.size())?;
    let head = file.slice_with_i32_and_i32(0, HEAD_BYTES).map_err(|_| GrabFailure::Unreadable)?;
    let head = bytes(&head).await.ok_or(GrabFailure::Unreadable)?;
    let header = image_header::read(&head).ok_or(GrabFailure::NotAnImage)?;
    header.size.map_or(Ok(()), check_pixels)?;
    if !has_end(header.kind, file).await {
        return Err(GrabFailure::Unreadable);
    }
    let decoded = Decoded::new(file).await.ok_or(undecodable(header.kind))?;
    check_pixels(decoded.picture().size())?;
    let canvas = drawn(decoded.picture())?;
    drop(decoded);
    encode(canvas, BYTES).await
}

/// Makes the photo again with about half its bytes.
///
/// # Errors
/// [`GrabFailure::Frame`].
pub async fn smaller(photo: &Blob) -> Result<EncodedPhoto, GrabFailure> {
    // A photo made here has far fewer bytes than a u32 counts.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = photo.size() as u32;
    let decoded = Decoded::new(photo).await.ok_or(GrabFailure::Frame)?;
    let canvas = drawn(decoded.picture())?;
    drop(decoded);
    encode(canvas, smaller_than(bytes)).await
}

/// Whether the file is complete. Nearly every file ends where its picture ends. A file with more data after it, such as
/// a photo with a film, is read in full.
async fn has_end(kind: Kind, file: &File) -> bool {
    let end = match file.slice_with_f64(file.size() - f64::from(END_BYTES)) {
        Ok(end) => bytes(&end).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    image_header::ends_well(kind, &end) || bytes(file).await.is_some_and(|file| image_header::is_whole(kind, &file))
}

/// Draws the picture on a canvas of its own, scaled down to the size of a photo.
fn drawn(picture: Picture<'_>) -> Result<Canvas, GrabFailure> {
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

/// Encodes the canvas to about this many bytes.
async fn encode(canvas: Canvas, wanted: RangeInclusive<u32>) -> Result<EncodedPhoto, GrabFailure> {
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
    let clean = bytes(&jpeg).await.and_then(|jpeg| strip_metadata(&jpeg)).ok_or(GrabFailure::Frame)?;
    let blob = jpeg_blob(&clean).map_err(|_| GrabFailure::Frame)?;
    Ok(EncodedPhoto { blob, width, height, luminance })
}

async fn bytes(blob: &Blob) -> Option<Vec<u8>> {
    let buffer: ArrayBuffer = settled(Ok(blob.array_buffer())).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

fn jpeg_blob(bytes: &[u8]) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("image/jpeg");
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &options)
}
