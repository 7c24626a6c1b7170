//! Runs the network ([`Network`]): from a tensor to guesses with scores and positions.

use super::kernels::{Depthwise, Dot, TILE, Window, best, in_eights};
use super::layers::{HEADS, INPUT, PLACE, Picture, STAGES, STEM};
use super::weights::{Scaled, Weights};

/// A picture with a border of zeros, one pixel wide.
#[derive(Debug)]
struct Plane {
    side: usize,
    channels: usize,
    data: Vec<i16>,
}

impl Plane {
    fn new(Picture { side, channels }: Picture) -> Self {
        Self { side, channels, data: vec![0; (side + 2) * (side + 2) * channels] }
    }

    /// Returns the index of a pixel. Coordinates include the border.
    fn at(&self, x: usize, y: usize) -> usize {
        (y * (self.side + 2) + x) * self.channels
    }

    /// Returns the numbers from a pixel on. Coordinates include the border.
    fn from(&self, x: usize, y: usize) -> &[i16] {
        &self.data[self.at(x, y)..]
    }

    /// Returns these pixels of a row. Coordinates do not include the border.
    fn row(&mut self, y: usize, [from, to]: [usize; 2]) -> &mut [i16] {
        let (start, length) = (self.at(from + 1, y + 1), (to - from) * self.channels);
        &mut self.data[start..][..length]
    }
}

/// The part of a picture that may differ from the last one: from and to, across and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) x: [usize; 2],
    pub(super) y: [usize; 2],
}

impl Part {
    const WHOLE: Self = Self { x: [0, INPUT], y: [0, INPUT] };

    /// Returns the part of a layer's output that depends on this part of its input. The output's pixel at x depends on
    /// the input's pixels from `stride` × x − `before` to `stride` × x + `after`.
    fn after(self, side: usize, stride: usize, [before, after]: [usize; 2]) -> Self {
        let along = |[from, to]: [usize; 2]| {
            [from.saturating_sub(after).div_ceil(stride), (to + before).div_ceil(stride).min(side)]
        };
        let [from, to] = along(self.x);
        // Kernels compute whole tiles.
        Self { x: [from / TILE * TILE, to.next_multiple_of(TILE)], y: along(self.y) }
    }
}

/// The input: red, green and blue of each pixel as 2 × value − 255, with a border of zeros for the window of the first
/// layer.
#[derive(Debug)]
pub(super) struct Tensor(Vec<i16>);

impl Tensor {
    const BEFORE: usize = (STEM.size - 2) / 2;
    const ROWS: usize = INPUT + STEM.size - 2;
    /// One pixel more than the window needs, because kernels read numbers in pairs.
    const STEP: usize = (Self::ROWS + 1) * 3;

    fn new() -> Self {
        Self(vec![0; Self::ROWS * Self::STEP])
    }

    /// Returns the numbers of a row, 3 for each pixel.
    pub(super) fn row(&mut self, y: usize) -> &mut [i16] {
        &mut self.0[(y + Self::BEFORE) * Self::STEP + Self::BEFORE * 3..][..INPUT * 3]
    }
}

/// The network and its buffers.
#[derive(Debug)]
pub(super) struct Network {
    weights: Weights,
    pub(super) tensor: Tensor,
    /// The output of the first layer.
    first: Plane,
    /// The output of each block of each stage. What depends only on the black around the frame stays from run to run.
    planes: Vec<Vec<Plane>>,
    /// The part of the tensor that had the frame in the last run.
    part: Option<Part>,
    /// Rows between the halves of a block.
    rows: [Vec<i16>; 2],
}

impl Network {
    pub(super) fn new() -> Self {
        Self {
            weights: Weights::unpack(),
            tensor: Tensor::new(),
            first: Plane::new(STAGES[0].0),
            planes: STAGES
                .iter()
                .map(|(picture, blocks)| blocks.iter().map(|_| Plane::new(*picture)).collect())
                .collect(),
            part: None,
            rows: [vec![], vec![]],
        }
    }

    /// Runs all layers except the heads. `part` is the part of the tensor that has the frame. The rest is black.
    pub(super) fn run(&mut self, part: Part) {
        let Self { weights, tensor, first, planes, rows, .. } = self;
        let mut part = if self.part.replace(part) == Some(part) { part } else { Part::WHOLE };
        part = stem(tensor, &weights.stem, part, rows, first);
        let mut from: &Plane = first;
        let mut weights = weights.blocks.iter();
        for ((_, blocks), planes) in STAGES.iter().zip(planes) {
            for ((block, (depthwise, pointwise)), to) in blocks.iter().zip(&mut weights).zip(planes) {
                let window = Window::pixel(in_eights(block.inputs), block.inputs);
                part = if block.halves {
                    halve(from, depthwise, pointwise, window, part, rows, to)
                } else {
                    keep(from, depthwise, pointwise, window, part, rows, to)
                };
                from = to;
            }
        }
    }

    /// Calls `found` with each guess whose score before the logistic function is at least the given one. The arguments are
    /// the centre of its pixel in the tensor, the score, and the numbers of its position.
    pub(super) fn guesses(&self, least: f32, mut found: impl FnMut([f32; 2], f32, &[f32; PLACE])) {
        for (index, head) in HEADS.iter().enumerate() {
            let Some(plane) = self.planes[head.stage].last() else { continue };
            let (scores, places) = (&self.weights.scores[index], &self.weights.places[index]);
            let pitch = (INPUT / plane.side) as f32;
            let window = Window::pixel(plane.channels, head.inputs);
            let mut row = vec![0; plane.side * scores.dot.bias.len()];
            for y in 0..plane.side {
                best::store_sums(plane.from(1, y + 1), window, &scores.dot, &mut row);
                for (x, sums) in row.chunks_exact(scores.dot.bias.len()).enumerate() {
                    for (guess, sum) in sums[..head.guesses].iter().enumerate() {
                        let score = *sum as f32 * scores.scale;
                        if score >= least {
                            let centre = [x, y].map(|at| (at as f32 + 0.5) * pitch);
                            found(centre, score, &place(plane, window, places, (x, y), guess));
                        }
                    }
                }
            }
        }
    }
}

/// Computes the position of one guess. Few guesses need one, so no kernel computes all of them.
fn place(plane: &Plane, window: Window, places: &Scaled, (x, y): (usize, usize), guess: usize) -> [f32; PLACE] {
    let outputs = places.dot.bias.len();
    let mut sums = vec![0; outputs * TILE];
    let tile = x - x % TILE;
    best::store_sums(plane.from(tile + 1, y + 1), window, &places.dot, &mut sums);
    std::array::from_fn(|number| {
        let output = guess * PLACE + number;
        sums[(x - tile) * outputs + output] as f32 * places.scale
    })
}

/// Runs the first layer. Like the blocks below, it returns the part of its output that may have changed.
fn stem(tensor: &Tensor, stem: &Dot, part: Part, rows: &mut [Vec<i16>; 2], to: &mut Plane) -> Part {
    let window = Window { step: 6, runs: STEM.size, run_step: Tensor::STEP, pairs: (STEM.size * 3).div_ceil(2) };
    let part = part.after(to.side, 2, [Tensor::BEFORE, STEM.size - 1 - Tensor::BEFORE]);
    let channels = to.channels;
    for y in part.y[0]..part.y[1] {
        let row = to.row(y, part.x);
        rows[0].clear();
        rows[0].resize(row.len(), 0);
        let input = &tensor.0[2 * y * Tensor::STEP + part.x[0] * window.step..];
        best::add(input, window, stem, &rows[0], row, channels);
    }
    part
}

/// Runs a block that keeps the size of the picture.
fn keep(
    from: &Plane,
    depthwise: &Depthwise,
    pointwise: &Dot,
    window: Window,
    part: Part,
    rows: &mut [Vec<i16>; 2],
    to: &mut Plane,
) -> Part {
    let part = part.after(to.side, 1, [1, 1]);
    let channels = to.channels;
    for y in part.y[0]..part.y[1] {
        let input = [0, 1, 2].map(|tap| from.from(part.x[0], y + tap));
        let row = to.row(y, part.x);
        rows[0].resize(row.len() / channels * window.step, 0);
        best::depthwise(input, channels, 1, depthwise, &mut rows[0]);
        best::add(&rows[0], window, pointwise, &from.from(part.x[0] + 1, y + 1)[..row.len()], row, channels);
    }
    part
}

/// Runs a block that halves the picture.
fn halve(
    from: &Plane,
    depthwise: &Depthwise,
    pointwise: &Dot,
    window: Window,
    part: Part,
    rows: &mut [Vec<i16>; 2],
    to: &mut Plane,
) -> Part {
    let part = part.after(to.side, 2, [0, 2]);
    let channels = to.channels;
    let [between, pooled] = rows;
    for y in part.y[0]..part.y[1] {
        let input = [1, 2, 3].map(|tap| from.from(2 * part.x[0] + 1, 2 * y + tap));
        let row = to.row(y, part.x);
        between.resize(row.len() / channels * window.step, 0);
        pooled.resize(row.len(), 0);
        best::depthwise(input, from.channels, 2, depthwise, between);
        best::pool([input[0], input[1]], from.channels, pooled, channels);
        best::add(between, window, pointwise, pooled, row, channels);
    }
    part
}
