//! The operations that the vector kernels use, in WebAssembly's `simd128`.

use core::arch::wasm32::*;

/// 128 bits: eight `i16` or four `i32`.
pub(super) type Register = v128;

#[inline(always)]
pub(super) unsafe fn load<T>(from: *const T) -> Register {
    unsafe { v128_load(from.cast()) }
}

/// Loads a pair of `i16` and repeats it four times.
#[inline(always)]
pub(super) unsafe fn load_pair(from: *const i16) -> Register {
    unsafe { v128_load32_splat(from.cast()) }
}

#[inline(always)]
pub(super) unsafe fn store<T>(register: Register, to: *mut T) {
    unsafe { v128_store(to.cast(), register) }
}

#[inline(always)]
pub(super) fn zero() -> Register {
    i16x8_splat(0)
}

/// Returns `sum` plus the products of each two neighbouring `i16`, wrapping.
#[inline(always)]
pub(super) fn dot(one: Register, two: Register, sum: Register) -> Register {
    i32x4_add(i32x4_dot_i16x8(one, two), sum)
}

/// Shifts two times four `i32` right and narrows them to `i16`, saturating.
#[inline(always)]
pub(super) fn narrow(low: Register, high: Register, shift: u32) -> Register {
    i16x8_narrow_i32x4(i32x4_shr(low, shift), i32x4_shr(high, shift))
}

/// Adds each two `i16`, saturating.
#[inline(always)]
pub(super) fn add(one: Register, two: Register) -> Register {
    i16x8_add_sat(one, two)
}

/// Returns the maximum of each two `i16`.
#[inline(always)]
pub(super) fn max(one: Register, two: Register) -> Register {
    i16x8_max(one, two)
}

/// Interleaves the `i16` of both: first the lower halves, then the upper halves.
#[inline(always)]
pub(super) fn interleave(one: Register, two: Register) -> [Register; 2] {
    [i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(one, two), i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(one, two)]
}
