//! Files and decoded images ([`read`], [`Decoded`]). The browser's calls are in `pictures.js`.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlVideoElement};

use crate::adapter::canvas::Picture;
use crate::adapter::js::settled;

#[wasm_bindgen(module = "/src/adapter/pictures.js")]
extern "C" {
    #[wasm_bindgen(js_name = read)]
    fn slice(file: &Blob, from: f64, to: f64) -> Promise;
    fn decode(file: &Blob) -> Promise;
    fn close(image: &JsValue);
    /// Makes a photo of its bytes.
    #[wasm_bindgen(js_name = jpegBlob)]
    pub(super) fn jpeg_blob(bytes: &[u8]) -> Blob;
    /// Whether the camera itself can take a photo in this browser.
    #[wasm_bindgen(js_name = hasStillCamera)]
    pub(super) fn has_still_camera() -> bool;
    #[wasm_bindgen(js_name = takePhoto)]
    fn take_photo(video: &HtmlVideoElement) -> Promise;
}

/// All bytes of a file, for [`read`].
pub(super) const ALL: (f64, f64) = (0.0, f64::INFINITY);

/// Reads a file from one byte to another; a negative number counts from the end. Returns `None` if the browser can't, for
/// example because the file was removed from the disk.
pub(super) async fn read(file: &Blob, (from, to): (f64, f64)) -> Option<Vec<u8>> {
    let bytes: Uint8Array = settled(Ok(slice(file, from, to))).await.ok()?;
    Some(bytes.to_vec())
}

/// Lets the camera of a video take a photo. Returns `None` if it can't.
pub(super) async fn still(video: &HtmlVideoElement) -> Option<Blob> {
    settled(Ok(take_photo(video))).await.ok()
}

/// An image file in memory, with its rotation applied. Freed on drop.
pub(super) struct Decoded(JsValue);

impl Decoded {
    /// Decodes the file. Returns `None` if the browser can't.
    pub(super) async fn new(file: &Blob) -> Option<Self> {
        JsFuture::from(decode(file)).await.ok().map(Self)
    }

    /// Returns the picture to draw.
    pub(super) fn picture(&self) -> Picture<'_> {
        Picture::Whole(&self.0)
    }
}

impl Drop for Decoded {
    fn drop(&mut self) {
        close(&self.0);
    }
}
