//! The definition of each kernel in plain Rust.

use super::shapes::{Depthwise, Dot, LANES, TAPS, Window};

fn narrow(sum: i32, shift: u32) -> i16 {
    (sum >> shift).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// Returns the sums of eight outputs for one pixel.
fn sums(input: &[i16], window: Window, dot: &Dot, group: usize) -> [i32; LANES] {
    let size = window.runs * window.pairs * 2 * LANES;
    let mut weights = dot.weights[group * size..][..size].chunks_exact(2 * LANES);
    let mut sums = [0; LANES];
    sums.copy_from_slice(&dot.bias[group * LANES..][..LANES]);
    for run in 0..window.runs {
        let input = input[run * window.run_step..][..window.pairs * 2].chunks_exact(2);
        for (pair, weights) in input.zip(&mut weights) {
            for (sum, weight) in sums.iter_mut().zip(weights.chunks_exact(2)) {
                let [a, b, w, v] = [pair[0], pair[1], weight[0], weight[1]].map(i32::from);
                *sum = sum.wrapping_add((a * w).wrapping_add(b * v));
            }
        }
    }
    sums
}

/// Adds the layer's outputs to each pixel of `held`, then replaces negative numbers by 0 (ReLU). Both saturate. Channels
/// without an output stay as they are in `pixels`.
pub(crate) fn add(input: &[i16], window: Window, dot: &Dot, held: &[i16], pixels: &mut [i16], channels: usize) {
    for (x, (pixel, held)) in pixels.chunks_exact_mut(channels).zip(held.chunks_exact(channels)).enumerate() {
        let input = &input[x * window.step..];
        for group in 0..dot.bias.len() / LANES {
            let held = held[group * LANES..][..LANES].iter().zip(&mut pixel[group * LANES..][..LANES]);
            for ((held, pixel), sum) in held.zip(sums(input, window, dot, group)) {
                *pixel = narrow(sum, dot.shift).saturating_add(*held).max(0);
            }
        }
    }
}

/// Stores the layer's sums unchanged.
pub(crate) fn store_sums(input: &[i16], window: Window, dot: &Dot, pixels: &mut [i32]) {
    for (x, pixel) in pixels.chunks_exact_mut(dot.bias.len()).enumerate() {
        for (group, held) in pixel.chunks_exact_mut(LANES).enumerate() {
            held.copy_from_slice(&sums(&input[x * window.step..], window, dot, group));
        }
    }
}

/// A 3 × 3 depthwise convolution. The three rows begin with the first pixel of the first window and have `channels`
/// numbers for each pixel. `stride` is in pixels.
pub(crate) fn depthwise(rows: [&[i16]; 3], channels: usize, stride: usize, layer: &Depthwise, pixels: &mut [i16]) {
    for (x, pixel) in pixels.chunks_exact_mut(layer.bias.len()).enumerate() {
        for (channel, output) in pixel.iter_mut().enumerate() {
            let weights = &layer.weights[channel / LANES * TAPS + channel % LANES * 2..];
            let mut sum = layer.bias[channel];
            for tap in 0..9 {
                let input = rows[tap / 3][(x * stride + tap % 3) * channels + channel];
                let weight = weights[tap / 2 * 2 * LANES + tap % 2];
                sum = sum.wrapping_add(i32::from(input) * i32::from(weight));
            }
            *output = narrow(sum, layer.shift);
        }
    }
}

/// A 2 × 2 max pool of `from` channels. The additional channels of the output become 0.
pub(crate) fn pool(rows: [&[i16]; 2], from: usize, pixels: &mut [i16], channels: usize) {
    for (x, pixel) in pixels.chunks_exact_mut(channels).enumerate() {
        let (kept, new) = pixel.split_at_mut(from);
        for (channel, output) in kept.iter_mut().enumerate() {
            let at = 2 * x * from + channel;
            *output = rows[0][at].max(rows[0][at + from]).max(rows[1][at]).max(rows[1][at + from]);
        }
        new.fill(0);
    }
}
