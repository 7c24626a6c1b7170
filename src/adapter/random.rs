//! Draws a number ([`draw`]) and a name ([`name`]).

/// Any whole number of 32 bits. By `Math.random`: the page that could foresee it could as well write the widget's events
/// itself.
#[must_use]
pub fn draw() -> u32 {
    // Between 0 and 2^32, so that it fits.
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// A name that no other thing of the same session has: 128 bits in hex. It is no secret.
#[must_use]
pub fn name() -> String {
    (0..32).filter_map(|_| char::from_digit(draw() >> 28, 16)).collect()
}
