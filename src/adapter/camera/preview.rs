//! The `<video>` element that shows the camera.

use web_sys::HtmlVideoElement;

use super::media;

/// Creates the element. Returns `None` outside a page. A widget keeps one element, because a new one would start black.
#[must_use]
pub fn video() -> Option<HtmlVideoElement> {
    web_sys::window()?;
    Some(media::preview())
}
