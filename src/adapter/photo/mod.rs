//! Makes the photo to send ([`EncodedPhoto`]): from the camera's frame, from a file, or from a photo that is too large.
//!
//! - `files`: reads and decodes a file; `image_header`: rejects what is not an image before that; `whole`:
//!   whether it is complete.
//! - `burst`: chooses the best of several frames.
//! - `encode`: encodes a picture; `encode_search`: which quality and size to try.
//! - `still_camera`: photos by the camera itself, where the browser spoils what is drawn.
//! - `strip_metadata`: removes everything from a JPEG that is not picture.
//! - `limits`: the size limits of photos and files.
//! - [`object_url`]: a URL to show a photo.

use gloo_timers::future::TimeoutFuture;
use web_sys::{Blob, File, HtmlVideoElement};

use self::burst::{Best, FRAMES, GAP_MS};
pub use self::encode::EncodedPhoto;
use self::encode::{drawn, encode};
use self::files::{ALL, Decoded, jpeg_blob, read};
use self::image_header::Kind;
pub use self::limits::{BYTES, FILE_BYTES, FILE_PIXELS, LONGEST_SIDE};
use self::limits::{check_bytes, check_pixels, smaller_than, undecodable};
pub use self::still_camera::{can_photograph, from_still_camera, is_spoiled};
use self::strip_metadata::strip_file;
use self::whole::{Step, Whole};
use super::canvas::{Canvas, Picture};
use super::vision::Analyser;
use crate::flow::GrabFailure;

mod burst;
mod encode;
mod encode_search;
mod files;
mod image_header;
mod limits;
pub mod object_url;
mod still_camera;
mod strip_metadata;
mod whole;

/// A JPEG's header is searched in this many bytes. EXIF with its thumbnail takes up to 64 kB, colour profiles more.
const HEAD_BYTES: f64 = 256.0 * 1024.0;
/// The length of the end marker of a JPEG or PNG.
const END_BYTES: f64 = 8.0;

/// A frame of the camera: its pixels, which need the camera no longer.
pub struct Frame(Canvas);

impl Frame {
    /// Draws what the person sees of the video's current frame, not mirrored. With an analyser, draws the best of the next
    /// few frames. Leaves out a frame that draws nothing.
    ///
    /// # Errors
    /// [`GrabFailure::Frame`].
    pub async fn of(video: &HtmlVideoElement, analyser: Option<&Analyser>) -> Result<Self, GrabFailure> {
        let mut best = Best::new();
        for _ in 0..FRAMES {
            let pause = TimeoutFuture::new(GAP_MS);
            // If the video stops meanwhile, the frames so far are used.
            if let Ok(canvas) = drawn(Picture::Video(video)) {
                let report = match analyser {
                    Some(analyser) => analyser.analyse_frame(&canvas).await,
                    None => None,
                };
                if !best.offer(canvas, report.as_ref()) {
                    break;
                }
            }
            pause.await;
        }
        best.into_frame().map(Self).ok_or(GrabFailure::Frame)
    }

    /// Makes a photo from the frame.
    ///
    /// # Errors
    /// [`GrabFailure::Frame`].
    pub async fn photo(self) -> Result<EncodedPhoto, GrabFailure> {
        encode(self.0, BYTES).await
    }
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
    let head = read(file, (0.0, HEAD_BYTES)).await.ok_or(GrabFailure::Unreadable)?;
    let header = image_header::read(&head).ok_or(GrabFailure::NotAnImage)?;
    header.size.map_or(Ok(()), check_pixels)?;
    if !has_end(header.kind, file).await {
        return Err(GrabFailure::Unreadable);
    }
    if is_spoiled() {
        // Only the metadata of a JPEG can be removed without drawing it.
        return if header.kind == Kind::Jpeg { as_it_is(file).await } else { Err(GrabFailure::NotAnImage) };
    }
    let decoded = Decoded::new(file).await.ok_or(undecodable(header.kind))?;
    check_pixels(decoded.picture().size())?;
    let canvas = drawn(decoded.picture())?;
    drop(decoded);
    encode(canvas, BYTES).await
}

/// Makes a photo of a JPEG without drawing it: removes its metadata.
async fn as_it_is(jpeg: &Blob) -> Result<EncodedPhoto, GrabFailure> {
    let size = Decoded::new(jpeg).await.ok_or(GrabFailure::Unreadable)?.picture().size();
    check_pixels(size)?;
    let clean = read(jpeg, ALL).await.and_then(|jpeg| strip_file(&jpeg)).ok_or(GrabFailure::Unreadable)?;
    Ok(EncodedPhoto { blob: jpeg_blob(&clean), width: size.0, height: size.1, luminance: None })
}

/// Makes the photo again with about half its bytes.
///
/// # Errors
/// [`GrabFailure::Frame`], [`GrabFailure::Spoiled`].
pub async fn smaller(photo: &Blob) -> Result<EncodedPhoto, GrabFailure> {
    if is_spoiled() {
        return Err(GrabFailure::Spoiled);
    }
    // A photo made here has far fewer bytes than a u32 counts.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = photo.size() as u32;
    let decoded = Decoded::new(photo).await.ok_or(GrabFailure::Frame)?;
    let canvas = drawn(decoded.picture())?;
    drop(decoded);
    encode(canvas, smaller_than(bytes)).await
}

/// Whether the file is complete. Nearly every file ends where its picture ends. A file with more data after it, such as
/// a photo with a film, is read slice by slice.
async fn has_end(kind: Kind, file: &File) -> bool {
    let end = read(file, (-END_BYTES, f64::INFINITY)).await.unwrap_or_default();
    if image_header::ends_well(kind, &end) {
        return true;
    }
    // A chosen file has at most `FILE_BYTES`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mut whole = Whole::new(kind, file.size() as u64);
    let mut next = whole.first();
    loop {
        let at = match next {
            Step::Done(is_whole) => return is_whole,
            Step::Read(at) => at as f64,
        };
        let Some(slice) = read(file, (at, at + HEAD_BYTES)).await else { return false };
        next = whole.take(&slice);
    }
}
