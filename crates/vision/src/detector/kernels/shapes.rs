//! The arguments of kernels: weights in reading order ([`Dot`], [`Depthwise`]) and windows of a row ([`Window`]).

/// Channels in a group: as many `i16` as a register of 128 bits holds.
pub(crate) const LANES: usize = 8;

/// Rounds a number of channels up to a multiple of eight.
pub(crate) const fn in_eights(channels: usize) -> usize {
    channels.div_ceil(LANES) * LANES
}

/// Weights of a layer that sums over channels, in the order in which kernels read them.
#[derive(Debug, Default)]
pub(crate) struct Dot {
    /// For each eight outputs, for each two inputs: the two weights of each output.
    pub(crate) weights: Vec<i16>,
    /// The initial value of each sum, in groups of eight.
    pub(crate) bias: Vec<i32>,
    /// Number of bits that the sum is shifted right.
    pub(crate) shift: u32,
}

/// The inputs that each pixel of a row sums over: some runs of neighbouring numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Distance from one pixel to the next.
    pub(crate) step: usize,
    /// Number of runs.
    pub(crate) runs: usize,
    /// Distance from one run to the next.
    pub(crate) run_step: usize,
    /// Pairs of numbers in a run.
    pub(crate) pairs: usize,
}

impl Window {
    /// Returns the window of one pixel with this many channels.
    pub(crate) const fn pixel(step: usize, channels: usize) -> Self {
        Self { step, runs: 1, run_step: 0, pairs: channels / 2 }
    }

    /// Returns the count of numbers that a row of `width` pixels reads.
    #[cfg_attr(not(any(target_arch = "x86_64", target_feature = "simd128")), expect(dead_code, reason = "for vectors"))]
    pub(super) const fn reach(&self, width: usize) -> usize {
        (width - 1) * self.step + (self.runs - 1) * self.run_step + self.pairs * 2
    }
}

/// Pixels that a kernel computes at once. The width of a row is a multiple of it.
pub(crate) const TILE: usize = 4;

/// Weights of a depthwise layer.
#[derive(Debug, Default)]
pub(crate) struct Depthwise {
    /// For each eight channels, for each two of the 9 taps and a tenth that is zero: the two weights of each channel.
    pub(crate) weights: Vec<i16>,
    /// What each channel begins with, in eights.
    pub(crate) bias: Vec<i32>,
    /// Number of bits that the sum is shifted right.
    pub(crate) shift: u32,
}

/// Numbers in [`Depthwise::weights`] for eight channels.
pub(crate) const TAPS: usize = 10 * LANES;
