//! Decodes an image file in memory, with its rotation applied ([`Decoded`]).

use wasm_bindgen::JsValue;
use web_sys::{Blob, HtmlImageElement, ImageBitmap, ImageBitmapOptions, ImageOrientation};

use super::object_url::ObjectUrl;
use crate::adapter::canvas::Picture;
use crate::adapter::js::settled;

/// A decoded image.
pub(super) enum Decoded {
    /// As most browsers decode, off the main thread. Closed on drop.
    Bitmap(ImageBitmap),
    /// For older Safari, which does not rotate bitmaps and does not decode HEIF into them.
    Image {
        /// The element, outside every document.
        image: HtmlImageElement,
        /// Kept until the image is drawn, because browsers may decode it again then.
        _url: ObjectUrl,
    },
}

impl Decoded {
    /// Decodes the file. Returns `None` if the browser can't.
    pub(super) async fn new(file: &Blob) -> Option<Self> {
        if let Ok(bitmap) = bitmap(file).await {
            return Some(Self::Bitmap(bitmap));
        }
        let image = HtmlImageElement::new().ok()?;
        let url = ObjectUrl::new(file)?;
        image.set_src(url.as_str());
        settled::<JsValue>(Ok(image.decode())).await.ok()?;
        Some(Self::Image { image, _url: url })
    }

    /// Returns the picture to draw.
    pub(super) fn picture(&self) -> Picture<'_> {
        match self {
            Self::Bitmap(bitmap) => Picture::Bitmap(bitmap),
            Self::Image { image, .. } => Picture::Image(image),
        }
    }
}

impl Drop for Decoded {
    fn drop(&mut self) {
        if let Self::Bitmap(bitmap) = self {
            bitmap.close();
        }
    }
}

async fn bitmap(file: &Blob) -> Result<ImageBitmap, JsValue> {
    let options = ImageBitmapOptions::new();
    options.set_image_orientation(ImageOrientation::FromImage);
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    settled(window.create_image_bitmap_with_blob_and_image_bitmap_options(file, &options)).await
}
