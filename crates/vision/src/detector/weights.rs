//! The network's weights ([`Weights`]), from the file that `weights/make.py` creates.
//!
//! Each weight has its own step, a power of two: a layer has half octaves for each output and each input, and the sum for
//! a weight says by how many bits it is shifted up. The integers are packed: see `stream`.

use super::kernels::{Depthwise, Dot, LANES, TAPS, in_eights};
use super::layers::{Block, HEADS, Head, PLACE, STAGES, STEM};
use super::stream::{Kind, Stream};

const FILE: &[u8] = include_bytes!("../../weights/blazeface.bin");

/// The most bits that a weight is shifted up.
const MOST: i16 = 13;

/// All trained parameters.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) stem: Dot,
    /// The blocks of all stages, in order.
    pub(super) blocks: Vec<(Depthwise, Dot)>,
    pub(super) scores: Vec<Scaled>,
    pub(super) places: Vec<Scaled>,
}

/// A layer whose sums are the outputs times a scale.
#[derive(Debug)]
pub(super) struct Scaled {
    pub(super) dot: Dot,
    pub(super) scale: f32,
}

impl Weights {
    pub(super) fn unpack() -> Self {
        let mut stream = Stream::open(FILE);
        let blocks = STAGES.iter().flat_map(|(_, blocks)| blocks.iter());
        let weights = Self {
            stem: stem(&mut stream),
            blocks: blocks.map(|block| (depthwise(&mut stream, block), pointwise(&mut stream, block))).collect(),
            scores: HEADS.iter().map(|part| head(&mut stream, part, 1)).collect(),
            places: HEADS.iter().map(|part| head(&mut stream, part, PLACE)).collect(),
        };
        debug_assert!(stream.is_over());
        weights
    }
}

/// Returns a layer's biases plus one half, so that the shift rounds.
fn biases(stream: &mut Stream, kind: Kind, outputs: usize, by: i16, shift: i16) -> Vec<i32> {
    let half = (1 << shift) >> 1;
    let mut biases: Vec<_> = (0..outputs).map(|_| (i32::from(stream.bias(kind)) << by) + half).collect();
    biases.resize(in_eights(outputs), 0);
    biases
}

/// The first layer. Its steps are all alike, and each row of its window gets a zero at its end.
fn stem(stream: &mut Stream) -> Dot {
    let run = STEM.size * 3;
    let [shift, by] = [(); 2].map(|()| stream.setting());
    dot(stream, Kind::Stem, [STEM.outputs, STEM.size, run], [shift, by], |_, _| 0)
}

fn pointwise(stream: &mut Stream, block: &Block) -> Dot {
    let [shift, by] = [(); 2].map(|()| stream.setting());
    stepped(stream, Kind::Pointwise, [block.outputs, block.inputs], [shift, by])
}

/// Returns a head. Its first setting is the power of two that its sums have to be divided by.
fn head(stream: &mut Stream, head: &Head, numbers: usize) -> Scaled {
    let [scale, by] = [(); 2].map(|()| stream.setting());
    let dot = stepped(stream, Kind::Head, [head.guesses * numbers, head.inputs], [0, by]);
    Scaled { dot, scale: 1.0 / (1_u64 << scale) as f32 }
}

/// Returns outputs × inputs with their own steps.
fn stepped(stream: &mut Stream, kind: Kind, [outputs, inputs]: [usize; 2], settings: [i16; 2]) -> Dot {
    let middle = stream.setting();
    let [by_output, by_input] = [outputs, inputs].map(|count| (0..count).map(|_| stream.setting()).collect::<Vec<_>>());
    dot(stream, kind, [outputs, 1, inputs], settings, |output, input| {
        ((middle + by_output[output] + by_input[input]) >> 1).clamp(0, MOST)
    })
}

/// Returns outputs × inputs in the order of the kernels. The inputs come in runs, and a run of odd length gets a zero at
/// its end.
fn dot(
    stream: &mut Stream,
    kind: Kind,
    [outputs, runs, run]: [usize; 3],
    [shift, by]: [i16; 2],
    up: impl Fn(usize, usize) -> i16,
) -> Dot {
    let even = run.next_multiple_of(2);
    let mut weights = vec![0; in_eights(outputs) * runs * even];
    stream.weights(kind, [outputs, runs * run], up, |output, input, weight| {
        let input = input / run * even + input % run;
        let group = output / LANES * runs * even * LANES;
        weights[group + input / 2 * 2 * LANES + output % LANES * 2 + input % 2] = weight;
    });
    Dot { weights, bias: biases(stream, kind, outputs, by, shift), shift: shift as u32 }
}

/// Returns the depthwise half of a block: 9 taps × channels. The weights of each channel are shifted up by their own number.
fn depthwise(stream: &mut Stream, block: &Block) -> Depthwise {
    let [shift, by] = [(); 2].map(|()| stream.setting());
    let up: Vec<_> = (0..block.inputs).map(|_| stream.setting()).collect();
    let mut weights = vec![0; in_eights(block.inputs) / LANES * TAPS];
    let up = |_, channel: usize| up[channel];
    stream.weights(Kind::Depthwise, [9, block.inputs], up, |tap, channel, weight| {
        let place = channel / LANES * TAPS + tap / 2 * 2 * LANES + channel % LANES * 2 + tap % 2;
        weights[place] = weight;
    });
    Depthwise { weights, bias: biases(stream, Kind::Depthwise, block.inputs, by, shift), shift: shift as u32 }
}
