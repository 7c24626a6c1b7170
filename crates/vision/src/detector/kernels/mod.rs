//! The arithmetic that takes nearly all the time, one row of pixels a call.
//!
//! Everything is in integers, so that each kernel has one right answer: activations and weights are `i16`, sums `i32`.
//! [`scalar`] says what is computed; what is faster than it on some machine gives the very same integers, and is tested
//! for that. The choice is made below.

#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
pub(super) mod scalar;
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

/// Channels are worked on in eights: as many `i16` as a register of 128 bits holds.
pub(super) const LANES: usize = 8;

/// The least number of whole eights that hold so many.
pub(super) const fn in_eights(channels: usize) -> usize {
    channels.div_ceil(LANES) * LANES
}

/// Weights of a layer that sums over channels, in the order in which kernels read them.
#[derive(Debug, Default)]
pub(super) struct Dot {
    /// For each eight outputs, for each two inputs: the two weights of each output.
    pub(super) weights: Vec<i16>,
    /// What each output begins with, in eights.
    pub(super) bias: Vec<i32>,
    /// By how many bits the sum is shifted down.
    pub(super) shift: u32,
}

/// Which inputs each pixel of a row sums over: some runs of neighbouring numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// From one pixel to the next.
    pub(super) step: usize,
    /// How many runs there are.
    pub(super) runs: usize,
    /// From one run to the next.
    pub(super) run_step: usize,
    /// Pairs of numbers in a run.
    pub(super) pairs: usize,
}

impl Window {
    /// One pixel of so many channels.
    pub(super) const fn pixel(step: usize, channels: usize) -> Self {
        Self { step, runs: 1, run_step: 0, pairs: channels / 2 }
    }

    /// How many numbers a row of so many pixels reads.
    #[cfg_attr(not(any(target_arch = "x86_64", target_feature = "simd128")), expect(dead_code, reason = "for vectors"))]
    const fn reach(&self, width: usize) -> usize {
        (width - 1) * self.step + (self.runs - 1) * self.run_step + self.pairs * 2
    }
}

/// Pixels that a kernel works on at once: rows are a multiple of it.
pub(super) const TILE: usize = 4;

/// Weights of a layer that works on each channel alone.
#[derive(Debug, Default)]
pub(super) struct Depthwise {
    /// For each eight channels, for each two of the 9 taps and one of zero: the two weights of each channel.
    pub(super) weights: Vec<i16>,
    /// What each channel begins with, in eights.
    pub(super) bias: Vec<i32>,
    /// By how many bits the sum is shifted down.
    pub(super) shift: u32,
}

/// Numbers in [`Depthwise::weights`] for eight channels.
pub(super) const TAPS: usize = 10 * LANES;
