//! The kernels in use return the same integers as the scalar ones, for any numbers and not only for likely ones.
//! `scripts/test-kernels.sh` runs this in WebAssembly.

use super::{Depthwise, Dot, LANES, Window, best, in_eights, scalar};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Pseudo-random numbers (splitmix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns numbers of all magnitudes, including the extremes.
    fn shorts(&mut self, count: usize) -> Vec<i16> {
        let short = |number: u64| match number % 64 {
            0 => i16::MAX,
            1 => i16::MIN,
            _ => (number >> 16) as i16 >> (number % 16),
        };
        (0..count).map(|_| short(self.next())).collect()
    }

    fn bias(&mut self, count: usize) -> Vec<i32> {
        (0..count).map(|_| self.next() as i32 >> (self.next() % 32)).collect()
    }

    fn dot(&mut self, outputs: usize, window: Window, shift: u32) -> Dot {
        let outputs = in_eights(outputs);
        let weights = self.shorts(outputs * window.runs * window.pairs * 2);
        Dot { weights, bias: self.bias(outputs), shift }
    }
}

const WINDOWS: [Window; 4] = [
    Window { step: 6, runs: 5, run_step: 396, pairs: 8 },
    Window::pixel(24, 24),
    Window::pixel(48, 42),
    Window::pixel(96, 96),
];

#[test]
fn sums_over_channels_equal_the_scalar_kernel() {
    let mut noise = Noise(1);
    for (window, outputs, width, shift) in
        WINDOWS.into_iter().flat_map(|window| [(window, 24, 64, 13), (window, 42, 8, 0), (window, 6, 4, 31)])
    {
        let dot = noise.dot(outputs, window, shift);
        let input = noise.shorts(window.reach(width));
        let channels = dot.bias.len() + LANES;
        let held = noise.shorts(width * channels);
        let mut results = [vec![7; held.len()], vec![7; held.len()]];
        best::add(&input, window, &dot, &held, &mut results[0], channels);
        scalar::add(&input, window, &dot, &held, &mut results[1], channels);
        assert_eq!(results[0], results[1], "{window:?}");

        let mut results = [vec![0; width * dot.bias.len()], vec![1; width * dot.bias.len()]];
        best::store_sums(&input, window, &dot, &mut results[0]);
        scalar::store_sums(&input, window, &dot, &mut results[1]);
        assert_eq!(results[0], results[1], "{window:?}");
    }
}

#[test]
fn sums_over_neighbours_equal_the_scalar_kernel() {
    let mut noise = Noise(2);
    for (count, channels, width, stride, shift) in
        [(24, 32, 64, 1, 12), (48, 48, 16, 2, 12), (96, 96, 8, 1, 0), (8, 8, 5, 2, 9)]
    {
        let layer = Depthwise { weights: tenth_is_zero(noise.shorts(count * 10)), bias: noise.bias(count), shift };
        let rows = [0; 3].map(|_| noise.shorts(((width - 1) * stride + 3) * channels));
        let rows = rows.each_ref().map(Vec::as_slice);
        let mut results = [vec![0; width * count], vec![1; width * count]];
        best::depthwise(rows, channels, stride, &layer, &mut results[0]);
        scalar::depthwise(rows, channels, stride, &layer, &mut results[1]);
        assert_eq!(results[0], results[1], "{count} channels");
    }
}

/// Sets the tenth tap to zero: there are nine taps, and the fifth pair is half empty.
fn tenth_is_zero(mut weights: Vec<i16>) -> Vec<i16> {
    for group in weights.chunks_exact_mut(10 * LANES) {
        group[8 * LANES..].iter_mut().skip(1).step_by(2).for_each(|weight| *weight = 0);
    }
    weights
}

#[test]
fn the_maximum_of_four_equals_the_scalar_kernel() {
    let mut noise = Noise(3);
    for (from, channels, width) in [(32, 48, 32), (48, 88, 16), (88, 96, 8), (8, 8, 3)] {
        let rows = [0; 2].map(|_| noise.shorts(2 * width * from));
        let rows = rows.each_ref().map(Vec::as_slice);
        let mut results = [vec![1; width * channels], vec![2; width * channels]];
        best::pool(rows, from, &mut results[0], channels);
        scalar::pool(rows, from, &mut results[1], channels);
        assert_eq!(results[0], results[1]);
    }
}

#[test]
fn the_scalar_kernels_compute_known_results() {
    // 3 · 5 + 4 · −6 + 100 = 91; shifted by one bit it is 45. 45 − 50 becomes 0, 45 + 50 is 95.
    let dot = Dot { weights: [5, -6].repeat(8), bias: vec![100; 8], shift: 1 };
    let held = [[-50_i16; 8], [50; 8], [i16::MAX; 8], [0; 8]].concat();
    let mut pixels = vec![1; held.len()];
    scalar::add(&[3, 4, 3, 4, 3, 4, 3, 4], Window::pixel(2, 2), &dot, &held, &mut pixels, 8);
    assert_eq!(pixels, [[0; 8], [95; 8], [i16::MAX; 8], [45; 8]].concat());

    // The nine neighbours 1 to 9, weighted by 1, 10, 100 by rows.
    let mut weights = vec![0; 80];
    for tap in 0..9 {
        for channel in 0..8 {
            weights[tap / 2 * 16 + channel * 2 + tap % 2] = [1, 10, 100][tap / 3];
        }
    }
    let layer = Depthwise { weights, bias: vec![0; 8], shift: 0 };
    let rows: [Vec<i16>; 3] = [1, 4, 7].map(|first| (0..24).map(|at| first + at / 8).collect());
    let mut pixel = [0; 8];
    scalar::depthwise(rows.each_ref().map(Vec::as_slice), 8, 1, &layer, &mut pixel);
    assert_eq!(pixel, [6 + 150 + 2400; 8]);
}
