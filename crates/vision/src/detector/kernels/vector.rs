//! The kernels with registers of 128 bits. A tile of four pixels × eight outputs stays in registers for all inputs.
//!
//! A larger tile needs more registers than there are, and is slower.

use super::shapes::{Depthwise, Dot, LANES, TAPS, TILE, Window};
#[cfg(target_arch = "wasm32")]
use super::wasm32 as machine;
#[cfg(target_arch = "x86_64")]
use super::x86_64 as machine;
use machine::{Register, interleave, load, load_pair, max, narrow, store, zero};

/// Panics if `input` or the weights are too short for a row of `width` pixels.
fn check(input: &[i16], window: Window, dot: &Dot, width: usize) {
    assert!(width.is_multiple_of(TILE) && dot.bias.len().is_multiple_of(LANES));
    assert!(width == 0 || window.reach(width) <= input.len());
    assert_eq!(dot.weights.len(), dot.bias.len() * window.runs * window.pairs * 2);
}

/// Returns the sums of eight outputs for four pixels.
///
/// # Safety
///
/// [`check`] must hold for `input` and `weights`, and `bias` must have eight numbers.
#[inline(always)]
unsafe fn tile(input: *const i16, window: Window, mut weights: *const i16, bias: *const i32) -> [[Register; 2]; TILE] {
    unsafe {
        let mut sums = [[load(bias), load(bias.add(4))]; TILE];
        for run in 0..window.runs {
            let first = input.add(run * window.run_step);
            let mut pixels = [0, 1, 2, 3].map(|pixel| first.add(pixel * window.step));
            for _ in 0..window.pairs {
                let filter = [load(weights), load(weights.add(LANES))];
                weights = weights.add(2 * LANES);
                for (pixel, sums) in pixels.iter_mut().zip(&mut sums) {
                    let pair = load_pair(*pixel);
                    *pixel = pixel.add(2);
                    *sums = [machine::dot(pair, filter[0], sums[0]), machine::dot(pair, filter[1], sums[1])];
                }
            }
        }
        sums
    }
}

/// See `scalar::add`.
pub(crate) fn add(input: &[i16], window: Window, dot: &Dot, held: &[i16], pixels: &mut [i16], channels: usize) {
    let width = pixels.len() / channels;
    check(input, window, dot, width);
    assert!(dot.bias.len() <= channels && held.len() >= pixels.len());
    let size = window.runs * window.pairs * 2 * LANES;
    for group in 0..dot.bias.len() / LANES {
        for x in (0..width).step_by(TILE) {
            // SAFETY: `check` has passed; the pixels and outputs of a tile are inside the row.
            unsafe {
                let (weights, bias) = (dot.weights.as_ptr().add(group * size), dot.bias.as_ptr().add(group * LANES));
                let sums = tile(input.as_ptr().add(x * window.step), window, weights, bias);
                for (pixel, [low, high]) in sums.into_iter().enumerate() {
                    let place = (x + pixel) * channels + group * LANES;
                    let sum = machine::add(narrow(low, high, dot.shift), load(held.as_ptr().add(place)));
                    store(max(sum, zero()), pixels.as_mut_ptr().add(place));
                }
            }
        }
    }
}

/// See `scalar::store_sums`.
pub(crate) fn store_sums(input: &[i16], window: Window, dot: &Dot, pixels: &mut [i32]) {
    let outputs = dot.bias.len();
    let width = pixels.len() / outputs;
    check(input, window, dot, width);
    let size = window.runs * window.pairs * 2 * LANES;
    for group in 0..outputs / LANES {
        for x in (0..width).step_by(TILE) {
            // SAFETY: `check` has passed; the pixels and outputs of a tile are inside the row.
            unsafe {
                let (weights, bias) = (dot.weights.as_ptr().add(group * size), dot.bias.as_ptr().add(group * LANES));
                let sums = tile(input.as_ptr().add(x * window.step), window, weights, bias);
                for (pixel, [low, high]) in sums.into_iter().enumerate() {
                    let held = pixels.as_mut_ptr().add((x + pixel) * outputs + group * LANES);
                    store(low, held);
                    store(high, held.add(4));
                }
            }
        }
    }
}

/// See `scalar::depthwise`.
pub(crate) fn depthwise(rows: [&[i16]; 3], channels: usize, stride: usize, layer: &Depthwise, pixels: &mut [i16]) {
    let count = layer.bias.len();
    let width = pixels.len() / count;
    assert!(count.is_multiple_of(LANES) && count <= channels);
    assert_eq!(layer.weights.len(), count / LANES * TAPS);
    assert!(width == 0 || rows.iter().all(|row| ((width - 1) * stride + 2) * channels + count <= row.len()));
    for group in 0..count / LANES {
        // SAFETY: the assertions above hold; each load reads eight channels of a pixel.
        unsafe {
            let weights = layer.weights.as_ptr().add(group * TAPS);
            let filter: [[Register; 2]; 5] =
                [0, 1, 2, 3, 4].map(|pair| [load(weights.add(pair * 16)), load(weights.add(pair * 16 + LANES))]);
            let bias = layer.bias.as_ptr().add(group * LANES);
            let bias = [load(bias), load(bias.add(4))];
            for x in 0..width {
                let at =
                    |tap: usize| load(rows[tap / 3].as_ptr().add((x * stride + tap % 3) * channels + group * LANES));
                let [mut low, mut high] = bias;
                for (pair, filter) in filter.iter().enumerate() {
                    // The tenth tap does not exist: its weight is 0.
                    let one = at(2 * pair);
                    let two = if pair == 4 { one } else { at(2 * pair + 1) };
                    let inputs = interleave(one, two);
                    low = machine::dot(inputs[0], filter[0], low);
                    high = machine::dot(inputs[1], filter[1], high);
                }
                store(narrow(low, high, layer.shift), pixels.as_mut_ptr().add(x * count + group * LANES));
            }
        }
    }
}

/// See `scalar::pool`.
pub(crate) fn pool(rows: [&[i16]; 2], from: usize, pixels: &mut [i16], channels: usize) {
    let width = pixels.len() / channels;
    assert!(from.is_multiple_of(LANES) && from <= channels);
    assert!(rows.iter().all(|row| 2 * width * from <= row.len()));
    for (x, pixel) in pixels.chunks_exact_mut(channels).enumerate() {
        let (kept, new) = pixel.split_at_mut(from);
        for (group, held) in kept.chunks_exact_mut(LANES).enumerate() {
            // SAFETY: the assertions above hold; each load reads eight channels of a pixel.
            unsafe {
                let at = |row: &[i16], pixel: usize| load(row.as_ptr().add((2 * x + pixel) * from + group * LANES));
                let [upper, lower] = rows.map(|row| max(at(row, 0), at(row, 1)));
                store(max(upper, lower), held.as_mut_ptr());
            }
        }
        new.fill(0);
    }
}
