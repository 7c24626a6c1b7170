//! Unpacks integers ([`Stream`]): the decoder of an adaptive binary range coder, as in LZMA. `weights/coder.py` packs them
//! and says how.

/// Contexts for the weights of each kind of layer: by the half octaves of an estimate.
const ESTIMATES: usize = 48;
const KINDS: usize = 4;
const SETTINGS: usize = KINDS * ESTIMATES;
const BIASES: usize = SETTINGS + 1;
const CONTEXTS: usize = BIASES + KINDS;
/// Probabilities of a context: 16 for the length of a magnitude, 16 for its highest bit below the first.
const OF_CONTEXT: usize = 32;
/// Probabilities of the second highest bit: by length and highest bit, for all contexts.
const SECOND: usize = CONTEXTS * OF_CONTEXT;
/// The longest magnitude in bits.
const LONGEST: usize = 15;
/// Bits of a probability.
const BITS: u32 = 16;
/// How often a probability moves less each time.
const COUNTS: usize = 256;

/// The kinds of layers, which have contexts of their own.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Stem,
    Depthwise,
    Pointwise,
    Head,
}

/// A packed sequence of integers.
pub(super) struct Stream {
    bytes: &'static [u8],
    range: u32,
    code: u32,
    models: Vec<Model>,
    /// By how much, of 2^16, a probability moves towards its bit: by how often it did.
    rates: [u32; COUNTS],
}

/// An adaptive probability.
#[derive(Clone, Copy)]
struct Model {
    /// Of a 0, in 2^-16.
    zero: u32,
    /// How often it moved.
    count: u8,
}

impl Stream {
    pub(super) fn open(bytes: &'static [u8]) -> Self {
        let mut stream = Self {
            bytes,
            range: u32::MAX,
            code: 0,
            models: vec![Model { zero: 1 << (BITS - 1), count: 0 }; SECOND + 2 * LONGEST + 2],
            rates: std::array::from_fn(|count| (1 << 17) / (2 * count as u32 + 5)),
        };
        for _ in 0..4 {
            stream.shift();
        }
        stream
    }

    /// Whether all of it was read.
    pub(super) fn is_over(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Moves the next byte in. The packed file has no zeros at its end.
    fn shift(&mut self) {
        self.code = self.code << 8 | u32::from(self.bytes.split_off_first().copied().unwrap_or_default());
    }

    /// Reads a bit: 0 if the code is below the bound.
    fn split(&mut self, bound: u32) -> bool {
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
        bit
    }

    fn bit(&mut self, model: usize) -> bool {
        let Model { zero, count } = self.models[model];
        let bit = self.split((self.range >> BITS) * zero);
        let rate = self.rates[usize::from(count)];
        let zero = if bit { zero - ((zero * rate) >> BITS) } else { zero + ((((1 << BITS) - zero) * rate) >> BITS) };
        self.models[model] = Model { zero, count: count.saturating_add(1) };
        bit
    }

    /// Reads a bit that is as often 0 as 1.
    fn plain(&mut self) -> bool {
        // Not a half of the range if that is odd: then the rest is lost, as in the coder.
        self.range = self.range / 2 * 2;
        self.split(self.range / 2)
    }

    fn number(&mut self, context: usize) -> i16 {
        let first = context * OF_CONTEXT;
        let mut length = 0;
        while length < LONGEST && self.bit(first + length) {
            length += 1;
        }
        let mut size = i16::from(length > 0);
        for at in 1..length {
            let bit = match at {
                1 => self.bit(first + 16 + length),
                2 => self.bit(SECOND + 2 * length + usize::from(size & 1 > 0)),
                _ => self.plain(),
            };
            size = size << 1 | i16::from(bit);
        }
        if length > 0 && self.plain() { -size } else { size }
    }

    pub(super) fn setting(&mut self) -> i16 {
        self.number(SETTINGS)
    }

    pub(super) fn bias(&mut self, kind: Kind) -> i16 {
        self.number(BIASES + kind as usize)
    }

    /// Reads rows of weights, and calls `found` with row, column and weight of each, shifted up by `up` bits.
    pub(super) fn weights(
        &mut self,
        kind: Kind,
        [rows, row]: [usize; 2],
        up: impl Fn(usize, usize) -> i16,
        mut found: impl FnMut(usize, usize, i16),
    ) {
        let mut columns = vec![None; row];
        for y in 0..rows {
            let mut along = None;
            for (x, column) in columns.iter_mut().enumerate() {
                let up = up(y, x);
                let weight = self.number(kind as usize * ESTIMATES + half_octaves(blend(along, *column) >> up)) << up;
                let size = i32::from(weight).abs() << 4;
                along = moved(along, size);
                *column = moved(*column, size);
                found(y, x, weight);
            }
        }
    }
}

/// Returns the estimate of a magnitude, in sixteenths, from those along the row and the column.
fn blend(along: Option<i32>, column: Option<i32>) -> i32 {
    match (along, column) {
        (Some(along), Some(column)) => (2 * column + along) / 3,
        _ => column.or(along).unwrap_or_default(),
    }
}

fn moved(estimate: Option<i32>, size: i32) -> Option<i32> {
    Some(estimate.map_or(size, |estimate| estimate + ((size - estimate) >> 3)))
}

fn half_octaves(estimate: i32) -> usize {
    let length = (i32::BITS - estimate.leading_zeros()) as usize;
    2 * length + if length > 1 { (estimate >> (length - 2) & 1) as usize } else { 0 }
}
