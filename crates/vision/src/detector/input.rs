//! Scales a frame of any size to the network's square input ([`Fit`]).
//!
//! It follows the reference (MediaPipe's ImageToTensor with OpenCV): the long side fits, the rest is black, and each pixel
//! of the tensor is interpolated between the four pixels of the frame around its upper left corner, without averaging.
//! The network was trained on such pictures: with averaging, or with the pixel's centre, keypoints move by up to 5 pixels
//! of 640.

use super::layers::INPUT;
use super::network::{Part, Tensor};
use crate::frame::Frame;

/// The mapping between pixels of the frame and the tensor: `frame = tensor * scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    pub(super) scale: f32,
    pub(super) left: f32,
    pub(super) top: f32,
}

impl Fit {
    pub(super) fn of(frame: Frame<'_>) -> Self {
        let (width, height) = (frame.width() as f32, frame.height() as f32);
        let long = width.max(height);
        Self { scale: long / INPUT as f32, left: (width - long) / 2.0, top: (height - long) / 2.0 }
    }
}

/// The sum of the weights of two neighbouring pixels.
const WHOLE: u32 = 32;
/// The tensor's number for black.
const BLACK: i16 = -255;

/// Two neighbouring pixels (or rows) of the frame with their weights. The weight is 0 outside the frame.
#[derive(Clone, Copy)]
struct Pair {
    at: [usize; 2],
    weights: [u32; 2],
}

impl Pair {
    fn at(place: f32, size: usize) -> Self {
        let steps = (place * WHOLE as f32).round() as i64;
        let (first, weight) = (steps.div_euclid(WHOLE.into()), steps.rem_euclid(WHOLE.into()) as u32);
        let inside = |index: i64, weight: u32| match usize::try_from(index) {
            Ok(index) if index < size => (index, weight),
            _ => (0, 0),
        };
        let [one, two] = [inside(first, WHOLE - weight), inside(first + 1, weight)];
        Self { at: [one.0, two.0], weights: [one.1, two.1] }
    }
}

/// Fills the tensor with the frame, and the rest with black. Returns the part that has the frame.
pub(super) fn fill(tensor: &mut Tensor, frame: Frame<'_>, fit: Fit) -> Part {
    let pixels = frame.rgba().as_chunks::<4>().0;
    let pairs = |start: f32, size: usize| -> [Pair; INPUT] {
        std::array::from_fn(|index| Pair::at(index as f32 * fit.scale + start, size))
    };
    let (columns, rows) = (pairs(fit.left, frame.width()), pairs(fit.top, frame.height()));
    let part = Part { x: filled(&columns), y: filled(&rows) };
    for (y, rows) in rows.iter().enumerate() {
        let numbers = tensor.row(y);
        if !(part.y[0]..part.y[1]).contains(&y) {
            numbers.fill(BLACK);
            continue;
        }
        numbers[..part.x[0] * 3].fill(BLACK);
        numbers[part.x[1] * 3..].fill(BLACK);
        let [upper, lower] = rows.at.map(|row| &pixels[row * frame.width()..][..frame.width()]);
        let inside = part.x[0]..part.x[1];
        let numbers = numbers[inside.start * 3..inside.end * 3].as_chunks_mut::<3>().0;
        for (numbers, column) in numbers.iter_mut().zip(&columns[inside]) {
            let [left, right] = column.at;
            let mut colour = upper[left].map(u32::from);
            // In common sizes, only the first of the four pixels has a weight.
            if (rows.weights, column.weights) != ([WHOLE, 0], [WHOLE, 0]) {
                colour = std::array::from_fn(|channel| {
                    let pair = |row: &[[u8; 4]]| {
                        let [one, two] = [left, right].map(|column| u32::from(row[column][channel]));
                        one * column.weights[0] + two * column.weights[1]
                    };
                    let sum = pair(upper) * rows.weights[0] + pair(lower) * rows.weights[1];
                    (sum + WHOLE * WHOLE / 2) / (WHOLE * WHOLE)
                });
            }
            for (number, channel) in numbers.iter_mut().zip(colour) {
                *number = 2 * channel as i16 + BLACK;
            }
        }
    }
    part
}

/// Returns from where to where the frame reaches.
fn filled(pairs: &[Pair; INPUT]) -> [usize; 2] {
    let inside = |pair: &Pair| pair.weights != [0, 0];
    [pairs.iter().position(inside).unwrap_or(0), pairs.iter().rposition(inside).map_or(0, |last| last + 1)]
}
