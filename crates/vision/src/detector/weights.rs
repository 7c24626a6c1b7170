//! The network's weights, from the file that `weights/make.py` makes ([`Weights`]).
//!
//! The file is laid out for whatever compresses it on its way to the page: like numbers stand together. It has all
//! weights, a byte each; the biases' low bytes, and their high ones; a few settings of each layer; and, two bytes each,
//! the weights that are too great for a byte.

use super::kernels::{Depthwise, Dot, LANES, TAPS, in_eights};
use super::layers::{Block, HEADS, Head, PLACE, STAGES, STEM};

const FILE: &[u8] = include_bytes!("../../weights/blazeface.bin");

/// The byte that stands for a weight which is too great for one.
const GREAT: u8 = 0x80;

/// Everything that was learned.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) stem: Dot,
    /// Of all stages, in order.
    pub(super) blocks: Vec<(Depthwise, Dot)>,
    pub(super) scores: Vec<Scaled>,
    pub(super) places: Vec<Scaled>,
}

/// A layer whose sums are numbers of the output, but for a scale.
#[derive(Debug)]
pub(super) struct Scaled {
    pub(super) dot: Dot,
    pub(super) scale: f32,
}

impl Weights {
    pub(super) fn unpack() -> Self {
        let mut file = File::open();
        let blocks = STAGES.iter().flat_map(|(_, blocks)| blocks.iter());
        let weights = Self {
            stem: file.dot(STEM.outputs, STEM.size, STEM.size * 3),
            blocks: blocks.map(|block| file.block(block)).collect(),
            scores: HEADS.iter().map(|head| file.head(head, 1)).collect(),
            places: HEADS.iter().map(|head| file.head(head, PLACE)).collect(),
        };
        debug_assert!(file.sections.iter().all(|section| section.is_empty()));
        weights
    }
}

/// What is left of each section.
struct File {
    sections: [&'static [u8]; 5],
}

const WEIGHTS: usize = 0;
const LOW: usize = 1;
const HIGH: usize = 2;
const SETTINGS: usize = 3;
const GREATS: usize = 4;

impl File {
    fn open() -> Self {
        let (mut weights, mut biases, mut settings) = (STEM.size * STEM.size * 3 * STEM.outputs, STEM.outputs, 2);
        for Block { inputs, outputs, .. } in STAGES.iter().flat_map(|(_, blocks)| blocks.iter()) {
            weights += inputs * (9 + outputs);
            biases += inputs + outputs;
            settings += 2 + inputs + 2;
        }
        for Head { inputs, guesses, .. } in HEADS {
            weights += inputs * guesses * (1 + PLACE);
            biases += guesses * (1 + PLACE);
            settings += 2 * 2;
        }
        let mut rest = FILE;
        let mut section = |length: usize| {
            let (section, after) = rest.split_at_checked(length).unwrap_or_default();
            rest = after;
            section
        };
        let [weights, low, high, settings] = [weights, biases, biases, settings].map(&mut section);
        Self { sections: [weights, low, high, settings, rest] }
    }

    /// The next byte. The file is as long as the table of layers says: a test reads all of it.
    fn byte(&mut self, section: usize) -> u8 {
        let section = &mut self.sections[section];
        section.split_off_first().copied().unwrap_or_default()
    }

    fn weight(&mut self) -> i16 {
        match self.byte(WEIGHTS) {
            GREAT => i16::from_le_bytes([self.byte(GREATS), self.byte(GREATS)]),
            byte => (byte as i8).into(),
        }
    }

    /// A layer's biases, with the half that makes shifting down round.
    fn biases(&mut self, outputs: usize, by: u8, shift: u8) -> Vec<i32> {
        let half = (1 << shift) >> 1;
        let mut bias = || (i32::from(i16::from_le_bytes([self.byte(LOW), self.byte(HIGH)])) << by) + half;
        let mut biases: Vec<_> = (0..outputs).map(|_| bias()).collect();
        biases.resize(in_eights(outputs), 0);
        biases
    }

    /// Outputs × inputs, as the kernels want them. The inputs come in runs, and each is filled up with a zero where it
    /// is odd.
    fn dot(&mut self, outputs: usize, runs: usize, run: usize) -> Dot {
        let [shift, by] = [(); 2].map(|()| self.byte(SETTINGS));
        self.dot_of(outputs, runs, run, shift, by)
    }

    fn dot_of(&mut self, outputs: usize, runs: usize, run: usize, shift: u8, by: u8) -> Dot {
        let bias = self.biases(outputs, by, shift);
        let even = run.next_multiple_of(2);
        let mut weights = vec![0; bias.len() * runs * even];
        for output in 0..outputs {
            for input in 0..runs * run {
                let input = input / run * even + input % run;
                let group = output / LANES * runs * even * LANES;
                weights[group + input / 2 * 2 * LANES + output % LANES * 2 + input % 2] = self.weight();
            }
        }
        Dot { weights, bias, shift: shift.into() }
    }

    /// The depthwise half has its 9 taps × channels; each channel's weights are shifted up by a number of its own.
    fn block(&mut self, block: &Block) -> (Depthwise, Dot) {
        let [shift, by] = [(); 2].map(|()| self.byte(SETTINGS));
        let up: Vec<_> = (0..block.inputs).map(|_| self.byte(SETTINGS)).collect();
        let bias = self.biases(block.inputs, by, shift);
        let mut weights = vec![0; bias.len() / LANES * TAPS];
        for tap in 0..9 {
            for (channel, up) in up.iter().enumerate() {
                let place = channel / LANES * TAPS + tap / 2 * 2 * LANES + channel % LANES * 2 + tap % 2;
                weights[place] = self.weight() << up;
            }
        }
        (Depthwise { weights, bias, shift: shift.into() }, self.dot(block.outputs, 1, block.inputs))
    }

    /// A head's setting is the power of two by which its sums are too great.
    fn head(&mut self, head: &Head, numbers: usize) -> Scaled {
        let [scale, by] = [(); 2].map(|()| self.byte(SETTINGS));
        let dot = self.dot_of(head.guesses * numbers, 1, head.inputs, 0, by);
        Scaled { dot, scale: 1.0 / (1_u64 << scale) as f32 }
    }
}
