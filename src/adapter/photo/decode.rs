//! An image file in memory, decoded by the browser and turned the right way up ([`Decoded`]).

use wasm_bindgen::JsValue;
use web_sys::{Blob, HtmlImageElement, ImageBitmap, ImageBitmapOptions, ImageOrientation};

use super::object_url::ObjectUrl;
use crate::adapter::canvas::Picture;
use crate::adapter::js::settled;

/// A decoded image.
pub(super) enum Decoded {
    /// As most browsers do it; off the main thread. Closed on drop.
    Bitmap(ImageBitmap),
    /// In the way of older Safari, which neither turns bitmaps nor reads HEIF into them.
    Image {
        /// The element, in no document.
        image: HtmlImageElement,
        /// Kept until the image is drawn, since browsers may decode it again for that.
        _url: ObjectUrl,
    },
}

impl Decoded {
    /// Decodes the file. `None` if the browser can't.
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

    /// What to draw.
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
