//! A canvas that frees its memory on drop ([`Canvas`]), and everything that can be drawn on it ([`Picture`]).

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, HtmlVideoElement, ImageBitmap};

use super::js::settled;
use super::pattern::{self, COLOUR, SIDE};
use crate::guidance::crop;

// web-sys has a function for each source.
#[wasm_bindgen]
extern "C" {
    type Drawing;
    #[wasm_bindgen(method, catch, js_name = drawImage)]
    fn draw_image(this: &Drawing, source: &JsValue, x: f64, y: f64, width: f64, height: f64) -> Result<(), JsValue>;
}

/// Whether the browser spoils the pixels that a page reads, as protections against fingerprinting do. Then no canvas can be
/// encoded as a photo. Asked each time, because the person may allow reading them.
pub(super) fn is_spoiled() -> bool {
    let Some(canvas) = Canvas::new(SIDE, SIDE, Purpose::Read) else { return false };
    canvas.context.set_fill_style_str(COLOUR);
    canvas.context.fill_rect(0.0, 0.0, f64::from(SIDE / 2), f64::from(SIDE));
    canvas.pixels().is_some_and(|pixels| pattern::is_spoiled(&pixels))
}

/// Something that can be drawn.
#[derive(Clone, Copy)]
pub(super) enum Picture<'a> {
    /// The part of a video's current frame that the person sees: see [`crop`].
    Video(&'a HtmlVideoElement),
    /// A canvas.
    Canvas(&'a Canvas),
    /// A decoded file.
    Bitmap(&'a ImageBitmap),
    /// A decoded file, where the browser can't make a bitmap from it.
    Image(&'a HtmlImageElement),
}

impl Picture<'_> {
    /// Width and height in pixels, after rotation.
    pub(super) fn size(self) -> (u32, u32) {
        match self {
            Self::Video(video) => crop(self.whole(), shown_aspect(video)),
            _ => self.whole(),
        }
    }

    /// Returns the same of the whole picture, with what is cut off on both sides of a video.
    fn whole(self) -> (u32, u32) {
        match self {
            Self::Video(video) => (video.video_width(), video.video_height()),
            Self::Canvas(canvas) => (canvas.element.width(), canvas.element.height()),
            Self::Bitmap(bitmap) => (bitmap.width(), bitmap.height()),
            Self::Image(image) => (image.natural_width(), image.natural_height()),
        }
    }

    /// Returns which share of the whole picture's width and height is left.
    pub(super) fn share(self) -> (f64, f64) {
        let (part, whole) = (self.size(), self.whole());
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        (share(part.0, whole.0), share(part.1, whole.1))
    }
}

/// Returns the aspect ratio (width by height) of the picture as it is shown; not a number outside a document.
fn shown_aspect(video: &HtmlVideoElement) -> f32 {
    // No screen has more pixels than an f32 counts exactly.
    video.client_width() as f32 / video.client_height() as f32
}

/// The purpose of a canvas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its pixels are read again and again.
    Read,
    /// It is encoded.
    Encode,
}

/// A canvas outside every document. Safari on iOS keeps the pixels of dropped canvases until the garbage collector
/// runs, and refuses new canvases above 384 MB. The pixels are therefore freed on drop.
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Canvas {
    /// Creates a white canvas. Returns `None` if the browser has no memory for it.
    pub(super) fn new(width: u32, height: u32, purpose: Purpose) -> Option<Self> {
        let element: HtmlCanvasElement =
            web_sys::window()?.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        element.set_width(width);
        element.set_height(height);
        let options = Object::new();
        if purpose == Purpose::Read {
            // Keeps the pixels out of the GPU: reading them back from there stalls the page.
            Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE).ok()?;
        }
        let context: CanvasRenderingContext2d =
            element.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?;
        let canvas = Self { element, context };
        // Optional: Firefox does not know this property, and web-sys has no binding for it.
        let _ = Reflect::set(&canvas.context, &"imageSmoothingQuality".into(), &"high".into());
        canvas.context.set_fill_style_str("#fff");
        canvas.context.fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
        Some(canvas)
    }

    pub(super) fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }

    /// Draws the picture over the whole canvas. What is cut off lies outside.
    pub(super) fn draw(&self, picture: Picture<'_>) -> Result<(), JsValue> {
        let (across, down) = (f64::from(self.element.width()), f64::from(self.element.height()));
        let share = picture.share();
        let (width, height) = (across / share.0, down / share.1);
        let (x, y) = ((across - width) / 2.0, (down - height) / 2.0);
        let source: &JsValue = match picture {
            Picture::Video(video) => video,
            Picture::Canvas(canvas) => &canvas.element,
            Picture::Bitmap(bitmap) => bitmap,
            Picture::Image(image) => image,
        };
        self.context.unchecked_ref::<Drawing>().draw_image(source, x, y, width, height)
    }

    /// Returns the pixels row by row, four bytes each: red, green, blue, alpha.
    pub(super) fn pixels(&self) -> Option<Vec<u8>> {
        let (width, height) = (self.element.width(), self.element.height());
        let data = self.context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).ok()?;
        Some(data.data().0)
    }

    /// Encodes the canvas as a JPEG. `quality` is 0 to 1.
    pub(super) async fn jpeg(&self, quality: f64) -> Result<Blob, JsValue> {
        let promise = Promise::new(&mut |resolve, reject| {
            // Without a blob the promise still resolves, and `settled` rejects the `null`.
            if let Err(error) =
                self.element.to_blob_with_type_and_encoder_options(&resolve, "image/jpeg", &quality.into())
            {
                // Calling a promise's own function can't throw.
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        });
        settled(Ok(promise)).await
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.element.set_width(0);
        self.element.set_height(0);
    }
}
