//! The `<video>` element that shows the camera.

use wasm_bindgen::JsCast;
use web_sys::HtmlVideoElement;

/// Creates the element. Returns `None` outside a page. A widget keeps one element, because a new one would start black.
#[must_use]
pub fn video() -> Option<HtmlVideoElement> {
    let video: HtmlVideoElement = web_sys::window()?.document()?.create_element("video").ok()?.dyn_into().ok()?;
    // Safari on iOS reads only the attributes, and plays in full screen without `playsinline`.
    for name in ["playsinline", "muted", "autoplay"] {
        video.set_attribute(name, "").ok()?;
    }
    // The attribute `muted` works only in parsed documents, and browsers refuse to autoplay a video that is not muted.
    video.set_muted(true);
    video.set_default_muted(true);
    video.set_autoplay(true);
    // The video has no controls of its own, and nobody should cast a selfie to a television.
    video.set_attribute("disablepictureinpicture", "").ok()?;
    video.set_attribute("disableremoteplayback", "").ok()?;
    Some(video)
}
