//! Photos where the browser spoils what is drawn ([`is_spoiled`]): some browsers let the camera itself take one
//! ([`from_still_camera`]).

use web_sys::HtmlVideoElement;

use super::files::{has_still_camera, still};
use super::{EncodedPhoto, as_it_is};
use crate::adapter::canvas;
use crate::flow::GrabFailure;

/// Whether the browser spoils what a page draws and reads, so that an encoded frame is not a picture.
#[must_use]
pub fn is_spoiled() -> bool {
    canvas::is_spoiled()
}

/// Whether a photo of the camera can be made: by drawing a frame, or by the camera itself.
#[must_use]
pub fn can_photograph() -> bool {
    !is_spoiled() || has_still_camera()
}

/// Lets the camera of this video take a photo, and removes its metadata.
///
/// # Errors
/// [`GrabFailure::Spoiled`] if the camera can't.
pub async fn from_still_camera(video: &HtmlVideoElement) -> Result<EncodedPhoto, GrabFailure> {
    let photo = still(video).await.ok_or(GrabFailure::Spoiled)?;
    as_it_is(&photo).await.map_err(|_| GrabFailure::Spoiled)
}
