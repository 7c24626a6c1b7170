//! The brightness of a whole frame ([`brightness`]).

use crate::frame::Frame;

/// Approximate number of samples along the long side. More samples do not change the result noticeably.
const SAMPLES: usize = 80;

/// Returns mean and variance of the luminance: Rec. 709 luma of the sRGB values, 0 black to 1 white. It samples every n-th
/// pixel of every n-th row, with 80 to 159 samples along the long side, or every pixel of a smaller frame.
pub(crate) fn brightness(frame: Frame<'_>) -> (f32, f32) {
    let step = (frame.width().max(frame.height()) / SAMPLES).max(1);
    let (mut count, mut sum, mut squares) = (0, 0, 0);
    for row in frame.rgba().chunks_exact(frame.width() * 4).step_by(step) {
        // The squares of 159 samples are less than 2^32.
        let (mut of_row, mut squares_of_row) = (0_u32, 0_u32);
        let pixels = row.as_chunks::<4>().0;
        for pixel in pixels.iter().step_by(step) {
            let [red, green, blue, _] = pixel.map(u32::from);
            let luma = (54 * red + 183 * green + 19 * blue) >> 8;
            of_row += luma;
            squares_of_row += luma * luma;
        }
        count += pixels.len().div_ceil(step);
        sum += u64::from(of_row);
        squares += u64::from(squares_of_row);
    }
    let mean = sum as f64 / count as f64 / 255.0;
    let square = squares as f64 / count as f64 / (255.0 * 255.0);
    (mean as f32, (square - mean * mean).max(0.0) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pixels: &[[u8; 4]]) -> (f32, f32) {
        brightness(Frame::new(pixels.as_flattened(), pixels.len(), 1).unwrap())
    }

    #[test]
    fn black_is_zero_and_white_is_one() {
        assert_eq!(of(&[[0, 0, 0, 255]; 3]), (0.0, 0.0));
        assert_eq!(of(&[[255; 4]; 3]), (1.0, 0.0));
    }

    #[test]
    fn green_is_the_brightest() {
        let [red, green, blue] = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0]].map(|pixel| of(&[pixel]).0);
        assert!((red - 0.2126).abs() < 0.005 && (green - 0.7152).abs() < 0.005 && (blue - 0.0722).abs() < 0.005);
    }

    #[test]
    fn half_black_and_half_white_vary_most() {
        let (mean, variance) = of(&[[0; 4], [255; 4]]);
        assert!((mean - 0.5).abs() < 1e-6 && (variance - 0.25).abs() < 1e-6);
    }
}
