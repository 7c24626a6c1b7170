//! A canvas that frees its memory on drop ([`Canvas`]), and everything that can be drawn on it ([`Picture`]). The browser's
//! calls are in `pictures.js`: as plain JavaScript they take fewer bytes.

use js_sys::{Promise, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement};

use super::js::settled;
use super::pattern::{self, COLOUR, SIDE};
use crate::guidance::crop;

#[wasm_bindgen(module = "/src/adapter/pictures.js")]
extern "C" {
    fn width(picture: &JsValue) -> u32;
    fn height(picture: &JsValue) -> u32;
    fn aspect(video: &JsValue) -> f32;
    fn create(across: u32, down: u32, read: bool) -> JsValue;
    fn fill(canvas: &JsValue, colour: &str, across: u32);
    fn draw(canvas: &JsValue, picture: &JsValue, across: f64, down: f64) -> bool;
    fn pixels(canvas: &JsValue) -> Option<Vec<u8>>;
    fn sample(canvas: &JsValue, video: &JsValue, across: f64, down: f64) -> Promise;
    fn jpeg(canvas: &JsValue, quality: f64) -> Promise;
    fn release(canvas: &JsValue);
}

/// Whether the browser spoils the pixels that a page reads, as protections against fingerprinting do. Then no canvas can be
/// encoded as a photo. Asked each time, because the person may allow reading them.
pub(super) fn is_spoiled() -> bool {
    let Some(canvas) = Canvas::new(SIDE, SIDE, Purpose::Read) else { return false };
    fill(&canvas.0, COLOUR, SIDE / 2);
    canvas.pixels().is_some_and(|pixels| pattern::is_spoiled(&pixels))
}

/// Something that can be drawn.
#[derive(Clone, Copy)]
pub(super) enum Picture<'a> {
    /// The part of a video's current frame that the person sees: see [`crop`].
    Video(&'a HtmlVideoElement),
    /// A canvas, or a decoded file.
    Whole(&'a JsValue),
}

impl Picture<'_> {
    /// Width and height in pixels, after rotation.
    pub(super) fn size(self) -> (u32, u32) {
        match self {
            Self::Video(video) => crop(self.whole(), aspect(video)),
            Self::Whole(_) => self.whole(),
        }
    }

    /// Returns the same of the whole picture, with what is cut off on both sides of a video.
    pub(super) fn whole(self) -> (u32, u32) {
        (width(self.as_js()), height(self.as_js()))
    }

    /// Returns which share of the whole picture's width and height is left.
    pub(super) fn share(self) -> (f64, f64) {
        let (part, whole) = (self.size(), self.whole());
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        (share(part.0, whole.0), share(part.1, whole.1))
    }

    /// Returns the object to draw.
    pub(super) fn as_js(&self) -> &JsValue {
        match self {
            Self::Video(video) => video,
            Self::Whole(picture) => picture,
        }
    }
}

/// The purpose of a canvas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its pixels are read again and again.
    Read,
    /// It is encoded.
    Encode,
}

/// A canvas outside every document.
pub(super) struct Canvas(JsValue);

impl Canvas {
    /// Creates a white canvas. Returns `None` if the browser has no memory for it.
    pub(super) fn new(width: u32, height: u32, purpose: Purpose) -> Option<Self> {
        let canvas = create(width, height, purpose == Purpose::Read);
        // Not `then_some`, which would make and drop one.
        (!canvas.is_undefined()).then(|| Self(canvas))
    }

    pub(super) fn picture(&self) -> Picture<'_> {
        Picture::Whole(&self.0)
    }

    /// Draws the picture over the whole canvas. What is cut off lies outside. Returns whether the browser could.
    pub(super) fn draw(&self, picture: Picture<'_>) -> bool {
        let share = picture.share();
        draw(&self.0, picture.as_js(), share.0, share.1)
    }

    /// Returns the pixels row by row, four bytes each: red, green, blue, alpha.
    pub(super) fn pixels(&self) -> Option<Vec<u8>> {
        pixels(&self.0)
    }

    /// Returns as many pixels of what the person sees of the video's current frame.
    pub(super) async fn sample(&self, video: &HtmlVideoElement) -> Option<Vec<u8>> {
        let share = Picture::Video(video).share();
        let pixels = settled::<Uint8ClampedArray>(Ok(sample(&self.0, video, share.0, share.1))).await;
        pixels.ok().map(|pixels| pixels.to_vec())
    }

    /// Encodes the canvas as a JPEG, if the browser can. `quality` is 0 to 1.
    pub(super) async fn jpeg(&self, quality: f64) -> Option<Blob> {
        settled(Ok(jpeg(&self.0, quality))).await.ok()
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        release(&self.0);
    }
}
