//! The arithmetic that takes nearly all the time. Each call works on one row of pixels.
//!
//! All numbers are integers, so each kernel has exactly one right result: activations and weights are `i16`, sums `i32`.
//! [`scalar`] defines the result. The vector kernels return the same integers, and tests compare them. `best` is the
//! choice for the machine.

#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
pub(super) mod scalar;
mod shapes;
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
#[expect(unsafe_code, reason = "loads and stores of registers use pointers; each kernel checks its arguments first")]
pub(super) mod vector;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[expect(unsafe_code, reason = "loads and stores of registers use pointers")]
mod wasm32;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "intrinsics; every x86-64 machine has SSE2")]
mod x86_64;

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) use scalar as best;
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use vector as best;

#[cfg(test)]
mod tests;

pub(super) use shapes::{Depthwise, Dot, LANES, TAPS, TILE, Window, in_eights};
