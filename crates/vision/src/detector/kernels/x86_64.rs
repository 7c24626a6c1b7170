//! The operations that the vector kernels use, in SSE2, which every x86-64 machine has.

use core::arch::x86_64::*;

/// 128 bits: eight `i16` or four `i32`.
pub(super) type Register = __m128i;

#[inline(always)]
pub(super) unsafe fn load<T>(from: *const T) -> Register {
    unsafe { _mm_loadu_si128(from.cast()) }
}

/// Loads a pair of `i16` and repeats it four times.
#[inline(always)]
pub(super) unsafe fn load_pair(from: *const i16) -> Register {
    unsafe { _mm_set1_epi32(from.cast::<i32>().read_unaligned()) }
}

#[inline(always)]
pub(super) unsafe fn store<T>(register: Register, to: *mut T) {
    unsafe { _mm_storeu_si128(to.cast(), register) }
}

#[inline(always)]
pub(super) fn zero() -> Register {
    unsafe { _mm_setzero_si128() }
}

/// Returns `sum` plus the products of each two neighbouring `i16`, wrapping.
#[inline(always)]
pub(super) fn dot(one: Register, two: Register, sum: Register) -> Register {
    unsafe { _mm_add_epi32(_mm_madd_epi16(one, two), sum) }
}

/// Shifts two times four `i32` right and narrows them to `i16`, saturating.
#[inline(always)]
pub(super) fn narrow(low: Register, high: Register, shift: u32) -> Register {
    unsafe {
        let shift = _mm_cvtsi32_si128(shift as i32);
        _mm_packs_epi32(_mm_sra_epi32(low, shift), _mm_sra_epi32(high, shift))
    }
}

/// Adds each two `i16`, saturating.
#[inline(always)]
pub(super) fn add(one: Register, two: Register) -> Register {
    unsafe { _mm_adds_epi16(one, two) }
}

/// Returns the maximum of each two `i16`.
#[inline(always)]
pub(super) fn max(one: Register, two: Register) -> Register {
    unsafe { _mm_max_epi16(one, two) }
}

/// Interleaves the `i16` of both: first the lower halves, then the upper halves.
#[inline(always)]
pub(super) fn interleave(one: Register, two: Register) -> [Register; 2] {
    unsafe { [_mm_unpacklo_epi16(one, two), _mm_unpackhi_epi16(one, two)] }
}
