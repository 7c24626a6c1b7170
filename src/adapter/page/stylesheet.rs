//! Adopts a constructable stylesheet ([`adopt`]): the only way to style a shadow root from code under a Content
//! Security Policy without `unsafe-inline`.

use web_sys::Element;

/// Adds `css` to the document or shadow root that contains `element`, once. Does nothing for an element outside both.
pub fn adopt(element: &Element, css: &str) {
    super::adopt(element, css);
}
