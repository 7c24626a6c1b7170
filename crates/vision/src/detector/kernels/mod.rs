//! The arithmetic that takes nearly all the time, one row of pixels a call.
//!
//! Everything is in integers, so that each kernel has one right answer: activations and weights are `i16`, sums `i32`.
//! [`scalar`] says what is computed; what is faster than it on some machine gives the very same integers, and is tested
//! for that. The choice is made below.

#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
pub(super) mod scalar;
mod shapes;
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
#[expect(
    unsafe_code,
    reason = "loads and stores of registers go by pointers; each kernel first checks what it is given"
)]
pub(super) mod vector;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[expect(unsafe_code, reason = "loads and stores of registers go by pointers")]
mod wasm32;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "registers are a matter of the machine; this one always has them")]
mod x86_64;

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) use scalar as best;
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use vector as best;

#[cfg(test)]
mod tests;

pub(super) use shapes::{Depthwise, Dot, LANES, TAPS, TILE, Window, in_eights};
