//! Scales a frame of any size to the network's square input ([`Fit`]).
//!
//! It follows the reference (MediaPipe's ImageToTensor with OpenCV): the long side fits, the rest is black, and each pixel
//! of the tensor is interpolated between the four pixels of the frame around its upper left corner, without averaging.
//! The network was trained on such pictures: with averaging, or with the pixel's centre, keypoints move by up to 5 pixels
//! of 640.

use super::layers::INPUT;
use super::network::Tensor;
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
const WHOLE: i32 = 32;

/// Two neighbouring pixels (or rows) of the frame and the weight of the second; `None` outside the frame.
#[derive(Clone, Copy)]
struct Pair {
    first: Option<usize>,
    second: Option<usize>,
    weight: i32,
}

impl Pair {
    fn at(place: f32, size: usize) -> Self {
        let steps = (place * WHOLE as f32).round() as i64;
        let (first, weight) = (steps.div_euclid(WHOLE.into()), steps.rem_euclid(WHOLE.into()) as i32);
        let inside = |index: i64| usize::try_from(index).ok().filter(|index| *index < size);
        // A pixel with weight 0 is not read: in common sizes, that is every second one.
        Self { first: inside(first), second: inside(first + 1).filter(|_| weight > 0), weight }
    }

    fn mix(self, value: impl Fn(usize) -> i32) -> i32 {
        self.first.map_or(0, &value) * (WHOLE - self.weight) + self.second.map_or(0, &value) * self.weight
    }
}

/// Fills the tensor with the frame.
pub(super) fn fill(tensor: &mut Tensor, frame: Frame<'_>, fit: Fit) {
    let columns: [Pair; INPUT] = std::array::from_fn(|x| Pair::at(x as f32 * fit.scale + fit.left, frame.width()));
    for y in 0..INPUT {
        let rows = Pair::at(y as f32 * fit.scale + fit.top, frame.height());
        let row = |y: usize| &frame.rgba()[y * frame.width() * 4..][..frame.width() * 4];
        for (pixel, column) in tensor.row(y).chunks_exact_mut(3).zip(columns) {
            for (channel, number) in pixel.iter_mut().enumerate() {
                let sum = rows.mix(|y| column.mix(|x| row(y)[x * 4 + channel].into()));
                let value = (sum + WHOLE * WHOLE / 2) / (WHOLE * WHOLE);
                *number = (2 * value - 255) as i16;
            }
        }
    }
}
