//! Draws a random number ([`draw`]) and a random name ([`name`]).

/// Returns a random 32-bit number. `Math.random` is enough: a page that can predict it can also write the widget's
/// events itself.
#[must_use]
pub fn draw() -> u32 {
    // Between 0 and 2^32, so it fits.
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// Returns a name that is unique within a session: 128 bits in hex. It is not secret.
#[must_use]
pub fn name() -> String {
    (0..32).filter_map(|_| char::from_digit(draw() >> 28, 16)).collect()
}
