//! The `<video>` element of a widget, which shows the camera.

use wasm_bindgen::JsCast;
use web_sys::HtmlVideoElement;

/// Makes the element; `None` outside a page. A widget makes one and keeps it, since a new one would start black.
#[must_use]
pub fn video() -> Option<HtmlVideoElement> {
    let video: HtmlVideoElement = web_sys::window()?.document()?.create_element("video").ok()?.dyn_into().ok()?;
    // Safari on iOS reads the attributes only, and without `playsinline` plays in full screen.
    for name in ["playsinline", "muted", "autoplay"] {
        video.set_attribute(name, "").ok()?;
    }
    // The attribute `muted` counts in a parsed document only; autoplay is refused to a video that is not muted.
    video.set_muted(true);
    video.set_default_muted(true);
    video.set_autoplay(true);
    // Its parts are the widget's own controls; casting a selfie to a television is not one of them.
    video.set_attribute("disablepictureinpicture", "").ok()?;
    video.set_attribute("disableremoteplayback", "").ok()?;
    Some(video)
}

/// Width by height of the picture as it is shown; in no document, as it is.
#[must_use]
pub fn aspect(video: &HtmlVideoElement) -> f32 {
    let shown = (video.client_width(), video.client_height());
    // No screen and no camera has so many pixels that they do not fit.
    let (width, height) = if shown.0 > 0 && shown.1 > 0 {
        (shown.0 as f32, shown.1 as f32)
    } else {
        (video.video_width() as f32, video.video_height() as f32)
    };
    width / height.max(1.0)
}
