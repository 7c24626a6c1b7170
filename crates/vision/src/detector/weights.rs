//! The network's weights, from the file that `weights/make.py` makes.

use super::kernels::{Depthwise, Dot, LANES, in_eights};
use super::layers::{Block, HEADS, Head, PLACE, STAGES, STEM, Stem};

const FILE: &[u8] = include_bytes!("../../weights/blazeface.bin");

/// Everything that was learned.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) stem: Dot,
    /// Of all stages, in order.
    pub(super) blocks: Vec<(Depthwise, Dot)>,
    pub(super) scores: Vec<Scaled>,
    pub(super) places: Vec<Scaled>,
}

/// A layer whose sums are numbers of the output: each output has a scale of its own.
#[derive(Debug)]
pub(super) struct Scaled {
    pub(super) dot: Dot,
    pub(super) scales: Vec<f32>,
}

impl Weights {
    pub(super) fn unpack() -> Self {
        let mut file = Reader(FILE);
        let blocks = STAGES.iter().flat_map(|(_, blocks)| blocks.iter());
        let weights = Self {
            stem: file.stem(&STEM),
            blocks: blocks.map(|block| file.block(block)).collect(),
            scores: HEADS.iter().map(|head| file.head(head, 1)).collect(),
            places: HEADS.iter().map(|head| file.head(head, PLACE)).collect(),
        };
        debug_assert!(file.0.is_empty());
        weights
    }
}

/// What is left of the file. All numbers are little endian.
struct Reader(&'static [u8]);

impl Reader {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk() {
            Some((bytes, rest)) => {
                self.0 = rest;
                *bytes
            }
            // Not of this file, whose length the table of layers fits: a test says so.
            None => [0; N],
        }
    }

    fn biases(&mut self, outputs: usize) -> Vec<i32> {
        let mut biases: Vec<_> = (0..outputs).map(|_| i32::from_le_bytes(self.take())).collect();
        biases.resize(in_eights(outputs), 0);
        biases
    }

    /// Outputs × inputs, as the kernels want them. The inputs come in runs of `run`, and each run is filled up with a
    /// zero where `run` is odd.
    fn dot(&mut self, outputs: usize, runs: usize, run: usize) -> Dot {
        let [shift] = self.take();
        let bias = self.biases(outputs);
        let even = run.next_multiple_of(2);
        let mut weights = vec![0; bias.len() * runs * even];
        for output in 0..outputs {
            for input in 0..runs * run {
                let input = input / run * even + input % run;
                let group = output / LANES * runs * even * LANES;
                let place = group + input / 2 * 2 * LANES + output % LANES * 2 + input % 2;
                weights[place] = i16::from_le_bytes(self.take());
            }
        }
        Dot { weights, bias, shift: shift.into() }
    }

    fn stem(&mut self, stem: &Stem) -> Dot {
        self.dot(stem.outputs, stem.size, stem.size * 3)
    }

    fn block(&mut self, block: &Block) -> (Depthwise, Dot) {
        let [shift] = self.take();
        let bias = self.biases(block.inputs);
        let mut weights = vec![0; bias.len() * 10];
        for tap in 0..9 {
            for channel in 0..block.inputs {
                let place = channel / LANES * 10 * LANES + tap / 2 * 2 * LANES + channel % LANES * 2 + tap % 2;
                weights[place] = i16::from_le_bytes(self.take());
            }
        }
        (Depthwise { weights, bias, shift: shift.into() }, self.dot(block.outputs, 1, block.inputs))
    }

    fn head(&mut self, head: &Head, numbers: usize) -> Scaled {
        let outputs = head.guesses * numbers;
        let dot = self.dot(outputs, 1, head.inputs);
        Scaled { dot, scales: (0..outputs).map(|_| f32::from_le_bytes(self.take())).collect() }
    }
}
