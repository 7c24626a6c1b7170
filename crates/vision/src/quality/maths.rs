//! The functions of the standard's formulas, built from `exp` and `ln` only: every other function of the standard library
//! would add about a kilobyte to the WebAssembly module.

use std::f32::consts::PI;

/// The standard's sigmoid: 0.5 at `middle`, steeper the smaller `width` is.
pub(super) fn sigmoid(x: f32, middle: f32, width: f32) -> f32 {
    1.0 / (1.0 + ((middle - x) / width).exp())
}

/// Returns a power of a non-negative number.
pub(super) fn power(base: f32, exponent: f32) -> f32 {
    if base > 0.0 { (base.ln() * exponent).exp() } else { 0.0 }
}

/// Returns `sin(π × turn)` for 0 to 1 with an error below 4e-6: the Taylor series around the middle.
pub(super) fn half_sine(turn: f32) -> f32 {
    let x = PI * (turn - 0.5);
    let square = x * x;
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0 * (1.0 - square / 90.0))))
}

/// Converts an sRGB channel, 0 to 1, to linear light (IEC 61966-2-1).
pub(super) fn linear(channel: f32) -> f32 {
    if channel > 0.04045 { power((channel + 0.055) / 1.055, 2.4) } else { channel / 12.92 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_match_the_standard_library() {
        for step in 0..=1000 {
            let x = step as f32 / 1000.0;
            assert!((half_sine(x) - (PI * x).sin()).abs() < 4e-6, "sin {x}");
            assert!((power(x, 0.3) - x.powf(0.3)).abs() < 1e-6, "power {x}");
        }
        assert!((sigmoid(0.92, 0.92, 0.05) - 0.5).abs() < 1e-6);
        assert!((linear(1.0) - 1.0).abs() < 1e-6 && (linear(0.5) - 0.214_04).abs() < 1e-4);
    }
}
