//! The network as data: the layers of BlazeFace short range, in the order of the weights.

/// Width and height of the network's input, in pixels.
pub(super) const INPUT: usize = 128;

/// The first layer: a 5 × 5 convolution of red, green and blue with stride 2.
pub(super) const STEM: Stem = Stem { size: 5, outputs: 24 };

/// The parameters of the first layer.
pub(super) struct Stem {
    /// Width and height of its window, in pixels.
    pub(super) size: usize,
    /// Output channels.
    pub(super) outputs: usize,
}

/// A residual block: a 3 × 3 depthwise convolution, then a pointwise convolution, plus the block's input. If the block
/// halves the picture, the input is reduced by a 2 × 2 max pool.
pub(super) struct Block {
    /// Input channels.
    pub(super) inputs: usize,
    /// Output channels.
    pub(super) outputs: usize,
    /// Whether it halves width and height.
    pub(super) halves: bool,
}

const fn same(inputs: usize, outputs: usize) -> Block {
    Block { inputs, outputs, halves: false }
}

const fn half(inputs: usize, outputs: usize) -> Block {
    Block { inputs, outputs, halves: true }
}

/// The blocks of each stage. Every stage after the first begins with a block that halves the picture.
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
    /// Width and height, in pixels.
    pub(super) side: usize,
    /// Allocated channels: the maximum of its blocks, rounded up to eights.
    pub(super) channels: usize,
}

/// A head: it outputs some guesses for each pixel of a stage.
pub(super) struct Head {
    /// The stage.
    pub(super) stage: usize,
    /// Channels of the stage.
    pub(super) inputs: usize,
    /// Guesses for each pixel.
    pub(super) guesses: usize,
}

/// The heads, in the order of the weights: first the scores of each head, then the positions.
pub(super) const HEADS: [Head; 2] =
    [Head { stage: 2, inputs: 88, guesses: 2 }, Head { stage: 3, inputs: 96, guesses: 6 }];

/// Count of numbers for the position of a guess: centre, size and 6 keypoints.
pub(super) const PLACE: usize = 16;
