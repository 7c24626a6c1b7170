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

/// Returns the aspect ratio (width by height) of the picture as it is shown; outside a document, the
/// aspect ratio of the video itself.
#[must_use]
pub fn aspect(video: &HtmlVideoElement) -> f32 {
    let shown = (video.client_width(), video.client_height());
    // No screen or camera has more pixels than an f32 counts exactly.
    let (width, height) = if shown.0 > 0 && shown.1 > 0 {
        (shown.0 as f32, shown.1 as f32)
    } else {
        (video.video_width() as f32, video.video_height() as f32)
    };
    width / height.max(1.0)
}
