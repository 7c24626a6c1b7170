//! The network as data: what BlazeFace short range is made of, in the order in which the weights come.

/// Pixels across and down the network's input.
pub(super) const INPUT: usize = 128;

/// The first layer: 5 × 5 over red, green and blue, every second pixel.
pub(super) const STEM: Stem = Stem { size: 5, outputs: 24 };

/// What the first layer is.
pub(super) struct Stem {
    /// Pixels across and down its window.
    pub(super) size: usize,
    /// Channels that come out.
    pub(super) outputs: usize,
}

/// A block: 3 × 3 on each channel alone (depthwise), then a sum over channels at each pixel (pointwise), to which the
/// block's input is added: as it is, or the greatest of 2 × 2 pixels where the block halves the picture.
pub(super) struct Block {
    /// Channels that go in.
    pub(super) inputs: usize,
    /// Channels that come out.
    pub(super) outputs: usize,
    /// Whether the picture gets half as wide and high.
    pub(super) halves: bool,
}

const fn same(inputs: usize, outputs: usize) -> Block {
    Block { inputs, outputs, halves: false }
}

const fn half(inputs: usize, outputs: usize) -> Block {
    Block { inputs, outputs, halves: true }
}

/// The blocks, by the stage on whose picture they work. A stage after the first begins with the block that halves.
pub(super) const STAGES: [(Picture, &[Block]); 4] = [
    (Picture { side: 64, channels: 32 }, &[same(24, 24), same(24, 28)]),
    (Picture { side: 32, channels: 48 }, &[half(28, 32), same(32, 36), same(36, 42)]),
    (
        Picture { side: 16, channels: 88 },
        &[half(42, 48), same(48, 56), same(56, 64), same(64, 72), same(72, 80), same(80, 88)],
    ),
    (Picture { side: 8, channels: 96 }, &[half(88, 96), same(96, 96), same(96, 96), same(96, 96), same(96, 96)]),
];

/// The size of a stage's picture.
#[derive(Clone, Copy)]
pub(super) struct Picture {
    /// Pixels across and down.
    pub(super) side: usize,
    /// Room for channels: the most that any of its blocks has, in eights.
    pub(super) channels: usize,
}

/// What looks for faces in a stage's picture: some guesses at each pixel.
pub(super) struct Head {
    /// The stage.
    pub(super) stage: usize,
    /// Channels of its picture.
    pub(super) inputs: usize,
    /// Guesses a pixel.
    pub(super) guesses: usize,
}

/// The heads, in the order of the weights: first what scores the guesses of each, then what places them.
pub(super) const HEADS: [Head; 2] =
    [Head { stage: 2, inputs: 88, guesses: 2 }, Head { stage: 3, inputs: 96, guesses: 6 }];

/// Numbers that place a guess: centre, size and 6 keypoints.
pub(super) const PLACE: usize = 16;
