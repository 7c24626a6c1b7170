//! The network's weights ([`Weights`]), from the file that `weights/make.py` creates.
//!
//! The layout compresses well, because similar numbers stand together. The sections are: all weights, one byte each; the
//! low bytes of the biases, then the high bytes; some settings of each layer; and the weights that do not fit a byte, two
//! bytes each.

use super::kernels::{Depthwise, Dot, LANES, TAPS, in_eights};
use super::layers::{Block, HEADS, Head, PLACE, STAGES, STEM};

const FILE: &[u8] = include_bytes!("../../weights/blazeface.bin");

/// The byte that marks a weight which does not fit a byte.
const GREAT: u8 = 0x80;

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

/// The unread rest of each section.
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

    /// Returns the next byte. The table of layers implies the length of the file; a test reads all of it.
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

    /// Returns the biases of a layer plus one half, so that the shift rounds.
    fn biases(&mut self, outputs: usize, by: u8, shift: u8) -> Vec<i32> {
        let half = (1 << shift) >> 1;
        let mut bias = || (i32::from(i16::from_le_bytes([self.byte(LOW), self.byte(HIGH)])) << by) + half;
        let mut biases: Vec<_> = (0..outputs).map(|_| bias()).collect();
        biases.resize(in_eights(outputs), 0);
        biases
    }

    /// Returns outputs × inputs in the order of the kernels. The inputs come in runs, and a run of odd length gets a zero at
    /// its end.
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

    /// Returns the depthwise half: 9 taps × channels. The weights of each channel are shifted up by their own number.
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

    /// Returns a head. Its setting is the power of two that its sums have to be divided by.
    fn head(&mut self, head: &Head, numbers: usize) -> Scaled {
        let [scale, by] = [(); 2].map(|()| self.byte(SETTINGS));
        let dot = self.dot_of(head.guesses * numbers, 1, head.inputs, 0, by);
        Scaled { dot, scale: 1.0 / (1_u64 << scale) as f32 }
    }
}
