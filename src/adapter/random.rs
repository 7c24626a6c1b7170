//! Draws a number ([`draw`]).

/// Any whole number of 32 bits. By `Math.random`: the page that could foresee it could as well write the widget's events
/// itself.
#[must_use]
pub fn draw() -> u32 {
    // Between 0 and 2^32, so that it fits.
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}
