//! Photos where the browser spoils what is drawn ([`is_spoiled`]): some browsers let the camera itself take one
//! ([`from_still_camera`]).

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, MediaStream, MediaStreamTrack};

use super::{EncodedPhoto, as_it_is};
use crate::adapter::canvas;
use crate::adapter::js::settled;
use crate::flow::GrabFailure;

// Not in the stable part of web-sys.
#[wasm_bindgen]
extern "C" {
    type ImageCapture;
    #[wasm_bindgen(constructor, catch)]
    fn new(track: &MediaStreamTrack) -> Result<ImageCapture, JsValue>;
    #[wasm_bindgen(method, catch, js_name = takePhoto)]
    fn take_photo(this: &ImageCapture) -> Result<Promise, JsValue>;
}

/// Whether the browser spoils what a page draws and reads, so that an encoded frame is not a picture.
#[must_use]
pub fn is_spoiled() -> bool {
    canvas::is_spoiled()
}

/// Whether a photo of the camera can be made: by drawing a frame, or by the camera itself.
#[must_use]
pub fn can_photograph() -> bool {
    !is_spoiled() || Reflect::has(&js_sys::global(), &"ImageCapture".into()).unwrap_or(false)
}

/// Lets the camera of this video take a photo, and removes its metadata.
///
/// # Errors
/// [`GrabFailure::Spoiled`] if the camera can't.
pub async fn from_still_camera(video: &HtmlVideoElement) -> Result<EncodedPhoto, GrabFailure> {
    let stream: MediaStream = video.src_object().ok_or(GrabFailure::Spoiled)?;
    let track = stream.get_video_tracks().get(0).dyn_into().map_err(|_| GrabFailure::Spoiled)?;
    let photo = ImageCapture::new(&track).and_then(|capture| capture.take_photo());
    let photo: Blob = settled(photo).await.map_err(|_| GrabFailure::Spoiled)?;
    as_it_is(&photo).await.map_err(|_| GrabFailure::Spoiled)
}
