//! How much the eyes stand out ([`contrast`]).

use crate::face::{Face, Keypoint};
use crate::frame::Frame;

/// Samples across and down the patch at an eye.
const ACROSS: usize = 26;
const DOWN: usize = 16;
/// Size of the patch in distances of the eyes: lids and lashes, without the brow.
const WIDE: f32 = 0.42;
const HIGH: f32 = 0.26;
/// Added to the mean, of 255: in the dark, the noise is as strong as the light.
const DARK: f32 = 4.0;

/// Returns the standard deviation of luma divided by its mean, in a patch at each eye; the mean of both eyes. Returns
/// `None` if a patch reaches outside the frame.
pub(super) fn contrast(frame: Frame<'_>, face: &Face) -> Option<f32> {
    let [right, left] = [Keypoint::RightEye, Keypoint::LeftEye].map(|eye| face.at(eye));
    let (x, y) = (left.x - right.x, left.y - right.y);
    let mut sum = 0.0;
    for eye in [right, left] {
        let (mut total, mut squares) = (0.0, 0.0);
        for index in 0..ACROSS * DOWN {
            let along = ((index % ACROSS) as f32 / (ACROSS - 1) as f32 - 0.5) * WIDE;
            let down = ((index / ACROSS) as f32 / (DOWN - 1) as f32 - 0.5) * HIGH;
            let luma = luma(frame, eye.x + along * x - down * y, eye.y + along * y + down * x)?;
            total += luma;
            squares += luma * luma;
        }
        let count = (ACROSS * DOWN) as f32;
        let mean = total / count;
        sum += (squares / count - mean * mean).max(0.0).sqrt() / (mean + DARK);
    }
    Some(sum / 2.0)
}

/// Returns the luma of the pixel at a position, 0 to 255.
fn luma(frame: Frame<'_>, x: f32, y: f32) -> Option<f32> {
    if !(x >= 0.0 && y >= 0.0) || x as usize >= frame.width() {
        return None;
    }
    let start = (y as usize * frame.width() + x as usize) * 4;
    let [red, green, blue] = frame.rgba().get(start..)?.first_chunk()?.map(u32::from);
    Some(((54 * red + 183 * green + 19 * blue) >> 8) as f32)
}
