//! What kernels work on: weights in the order in which they are read ([`Dot`], [`Depthwise`]) and windows of a row ([`Window`]).

/// Channels are worked on in eights: as many `i16` as a register of 128 bits holds.
pub(crate) const LANES: usize = 8;

/// The least number of whole eights that hold so many.
pub(crate) const fn in_eights(channels: usize) -> usize {
    channels.div_ceil(LANES) * LANES
}

/// Weights of a layer that sums over channels, in the order in which kernels read them.
#[derive(Debug, Default)]
pub(crate) struct Dot {
    /// For each eight outputs, for each two inputs: the two weights of each output.
    pub(crate) weights: Vec<i16>,
    /// What each output begins with, in eights.
    pub(crate) bias: Vec<i32>,
    /// By how many bits the sum is shifted down.
    pub(crate) shift: u32,
}

/// Which inputs each pixel of a row sums over: some runs of neighbouring numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// From one pixel to the next.
    pub(crate) step: usize,
    /// How many runs there are.
    pub(crate) runs: usize,
    /// From one run to the next.
    pub(crate) run_step: usize,
    /// Pairs of numbers in a run.
    pub(crate) pairs: usize,
}

impl Window {
    /// One pixel of so many channels.
    pub(crate) const fn pixel(step: usize, channels: usize) -> Self {
        Self { step, runs: 1, run_step: 0, pairs: channels / 2 }
    }

    /// How many numbers a row of so many pixels reads.
    #[cfg_attr(not(any(target_arch = "x86_64", target_feature = "simd128")), expect(dead_code, reason = "for vectors"))]
    pub(super) const fn reach(&self, width: usize) -> usize {
        (width - 1) * self.step + (self.runs - 1) * self.run_step + self.pairs * 2
    }
}

/// Pixels that a kernel works on at once: rows are a multiple of it.
pub(crate) const TILE: usize = 4;

/// Weights of a layer that works on each channel alone.
#[derive(Debug, Default)]
pub(crate) struct Depthwise {
    /// For each eight channels, for each two of the 9 taps and one of zero: the two weights of each channel.
    pub(crate) weights: Vec<i16>,
    /// What each channel begins with, in eights.
    pub(crate) bias: Vec<i32>,
    /// By how many bits the sum is shifted down.
    pub(crate) shift: u32,
}

/// Numbers in [`Depthwise::weights`] for eight channels.
pub(crate) const TAPS: usize = 10 * LANES;
