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

    /// Returns a row without its border.
    fn row(&mut self, y: usize) -> &mut [i16] {
        let (start, length) = (self.at(1, y + 1), self.side * self.channels);
        &mut self.data[start..][..length]
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
    planes: [Plane; STAGES.len()],
    /// Two rows between the depthwise and the pointwise half of a block.
    rows: [Vec<i16>; 2],
}

impl Network {
    pub(super) fn new() -> Self {
        Self {
            weights: Weights::unpack(),
            tensor: Tensor::new(),
            planes: STAGES.map(|(picture, _)| Plane::new(picture)),
            rows: [vec![], vec![]],
        }
    }

    /// Runs all layers except the heads.
    pub(super) fn run(&mut self) {
        let Self { weights, tensor, planes, rows } = self;
        stem(tensor, &weights.stem, &mut planes[0]);
        let mut weights = weights.blocks.iter();
        for (stage, (_, blocks)) in STAGES.iter().enumerate() {
            for (block, (depthwise, pointwise)) in blocks.iter().zip(&mut weights) {
                for row in rows.iter_mut() {
                    row.resize(planes[stage].side * in_eights(block.inputs), 0);
                }
                let window = Window::pixel(in_eights(block.inputs), block.inputs);
                let (before, here) = planes.split_at_mut(stage);
                match before.last() {
                    Some(before) if block.halves => halve(before, depthwise, pointwise, window, rows, &mut here[0]),
                    _ => keep(depthwise, pointwise, window, rows, &mut here[0]),
                }
            }
        }
    }

    /// Calls `found` with each guess whose score before the logistic function is at least the given one. The arguments are
    /// the centre of its pixel in the tensor, the score, and the numbers of its position.
    pub(super) fn guesses(&self, least: f32, mut found: impl FnMut([f32; 2], f32, &[f32; PLACE])) {
        for (index, head) in HEADS.iter().enumerate() {
            let (plane, scores, places) =
                (&self.planes[head.stage], &self.weights.scores[index], &self.weights.places[index]);
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

fn stem(tensor: &Tensor, stem: &Dot, plane: &mut Plane) {
    let window = Window { step: 6, runs: STEM.size, run_step: Tensor::STEP, pairs: (STEM.size * 3).div_ceil(2) };
    for y in 0..plane.side {
        let channels = plane.channels;
        let row = plane.row(y);
        row.fill(0);
        best::add(&tensor.0[2 * y * Tensor::STEP..], window, stem, row, channels);
    }
}

/// Runs a block that keeps the size of the picture. It adds its output to the input in place. The depthwise half runs one
/// row ahead, because it needs the original of the row before.
fn keep(depthwise: &Depthwise, pointwise: &Dot, window: Window, rows: &mut [Vec<i16>; 2], plane: &mut Plane) {
    let channels = plane.channels;
    let ahead = |plane: &Plane, y: usize, row: &mut [i16]| {
        best::depthwise([0, 1, 2].map(|tap| plane.from(0, y + tap)), channels, 1, depthwise, row);
    };
    ahead(plane, 0, &mut rows[0]);
    for y in 0..plane.side {
        if y + 1 < plane.side {
            ahead(plane, y + 1, &mut rows[(y + 1) % 2]);
        }
        best::add(&rows[y % 2], window, pointwise, plane.row(y), channels);
    }
}

/// Runs a block that halves the picture.
fn halve(
    from: &Plane,
    depthwise: &Depthwise,
    pointwise: &Dot,
    window: Window,
    rows: &mut [Vec<i16>; 2],
    to: &mut Plane,
) {
    let channels = to.channels;
    for y in 0..to.side {
        let input = [1, 2, 3].map(|tap| from.from(1, 2 * y + tap));
        best::depthwise(input, from.channels, 2, depthwise, &mut rows[0]);
        best::pool([input[0], input[1]], from.channels, to.row(y), channels);
        best::add(&rows[0], window, pointwise, to.row(y), channels);
    }
}
