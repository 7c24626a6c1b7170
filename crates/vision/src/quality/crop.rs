//! Scales the face to a small square ([`Scratch::crop`]), which most measures are read from.
//!
//! The square is upright in the frame and is not rotated, because the contour of the face is a circle. Each of its pixels
//! is the mean of the pixels that it covers (in shares of 1/256), so detail that is too fine for the square disappears
//! and causes no aliasing.

use super::geometry::Pose;
use super::maths::linear;
use crate::face::Point;
use crate::frame::Frame;

/// Side of the square, in pixels.
pub(super) const SIDE: usize = 128;
/// Radius of the circle in the standard's aligned picture, where the eyes are 113 pixels apart. Radius and centre are the
/// best fit to OFIQ's mask, the convex hull of brows and jaw.
const RADIUS: f32 = 124.0;
/// Centre of the circle there, if the nose is at its usual position.
const CENTRE: Point = Point { x: 309.5, y: 340.0 };
/// Shift of the centre for each pixel that the nose is off: to the side that a turned face shows.
const FOLLOW: f32 = -2.0;
/// Maximum shift of the centre.
const FARTHEST: f32 = 60.0;
/// Minimum part of the circle that must be inside the frame.
const LEAST: f32 = 0.6;

/// Half the width of the circle at each row of the square.
const HALVES: [u16; SIDE] = {
    let mut halves = [0; SIDE];
    let mut row = 0;
    while row < SIDE {
        // In half pixels, so that the middle of a row is an integer.
        let high = (2 * row + 1).abs_diff(SIDE);
        halves[row] = ((SIDE * SIDE - high * high).isqrt() as u16).div_ceil(2);
        row += 1;
    }
    halves
};

/// The buffers of [`read`](super::read), kept from frame to frame to save allocations.
#[derive(Debug)]
pub struct Scratch {
    /// Linear light of an sRGB channel, 0 to 65535.
    linear: [u16; 256],
    /// Number of pixels inside the circle for each luminance (linear, 0 to 255).
    pub(super) histogram: [u32; 256],
    /// Rec. 709 luma of the square, times 16.
    pub(super) luma: Vec<i16>,
    /// For each row of the square: the columns that are inside circle and frame.
    pub(super) spans: [(u16, u16); SIDE],
    /// A row of the frame, or its sums.
    pub(super) row: Vec<u16>,
    /// Sums of the columns of the frame.
    pub(super) columns: Vec<u32>,
    shares: Vec<u16>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            linear: std::array::from_fn(|value| (linear(value as f32 / 255.0) * 65535.0 + 0.5) as u16),
            histogram: [0; 256],
            luma: Vec::new(),
            spans: [(0, 0); SIDE],
            row: Vec::new(),
            columns: Vec::new(),
            shares: Vec::new(),
        }
    }
}

/// The pixels of the frame that form one pixel of the square, along one axis.
#[derive(Clone, Copy, Debug, Default)]
struct Tap {
    first: usize,
    /// Index and count of its shares; the count is 0 outside the frame.
    shares: (usize, usize),
}

impl Scratch {
    /// Fills histogram, luma and spans. Returns false if too much of the face is outside the frame.
    pub(super) fn crop(&mut self, frame: Frame<'_>, pose: &Pose) -> bool {
        let (centre, radius) = circle(pose);
        self.shares.clear();
        let across = taps(&mut self.shares, centre.x - radius, 2.0 * radius, frame.width());
        let down = taps(&mut self.shares, centre.y - radius, 2.0 * radius, frame.height());
        if !self.lay_out(&across, &down) {
            return false;
        }
        self.histogram = [0; 256];
        self.luma.clear();
        self.luma.resize(SIDE * SIDE, 0);
        let Self { linear, histogram, luma, spans, row, shares, .. } = self;
        for (line, (tap, out)) in down.iter().zip(luma.as_chunks_mut::<SIDE>().0).enumerate() {
            if tap.shares.1 == 0 {
                continue;
            }
            // Nothing else is read: the columns inside circle and frame, and their neighbours in the rows beside.
            let near = spans[line.saturating_sub(1)..(line + 2).min(SIDE)].iter().filter(|span| span.1 > span.0);
            let columns = near.map(|span| usize::from(span.0)..usize::from(span.1));
            let Some(columns) = columns.reduce(|all, own| all.start.min(own.start)..all.end.max(own.end)) else {
                continue;
            };
            let (first, across, out) = (columns.start, &across[columns.clone()], &mut out[columns]);
            let (Some(start), Some(end)) = (across.first(), across.last()) else { continue };
            let (left, right) = (start.first, end.first + end.shares.1);
            row.clear();
            row.resize((right - left) * 4, 0);
            for (line, &share) in shares[tap.shares.0..][..tap.shares.1].iter().enumerate() {
                let start = ((tap.first + line) * frame.width() + left) * 4;
                for (sum, &byte) in row.iter_mut().zip(&frame.rgba()[start..][..(right - left) * 4]) {
                    *sum += u16::from(byte) * share;
                }
            }
            let counted = usize::from(spans[line].0)..usize::from(spans[line].1);
            for (column, (tap, out)) in (first..).zip(across.iter().zip(out)) {
                let mut sum = [0_u32; 4];
                let shares = &shares[tap.shares.0..][..tap.shares.1];
                let pixels = row[(tap.first - left) * 4..].as_chunks::<4>().0;
                for (pixel, &share) in pixels.iter().zip(shares) {
                    for (sum, &channel) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(channel) * u32::from(share);
                    }
                }
                // 16 times the values of the channels.
                *out = (((sum[0] >> 12) * 54 + (sum[1] >> 12) * 183 + (sum[2] >> 12) * 19) >> 8) as i16;
                if counted.contains(&column) {
                    let [red, green, blue] = [0, 1, 2].map(|channel| ((sum[channel] + 32768) >> 16) as u8);
                    histogram[luminance(linear, red, green, blue)] += 1;
                }
            }
        }
        true
    }

    /// Returns the linear Rec. 709 luminance of an sRGB colour, 0 to 255.
    pub(super) fn luminance(&self, [red, green, blue]: [u8; 3]) -> usize {
        luminance(&self.linear, red, green, blue)
    }

    /// Computes the columns of each row that count. Returns false if there are too few.
    fn lay_out(&mut self, across: &[Tap; SIDE], down: &[Tap; SIDE]) -> bool {
        let seen = |tap: &Tap| tap.shares.1 > 0;
        let first = across.iter().position(seen).unwrap_or(SIDE) as u16;
        let end = across.iter().rposition(seen).map_or(0, |last| last + 1) as u16;
        let (mut all, mut counted) = (0, 0);
        for ((span, tap), half) in self.spans.iter_mut().zip(down).zip(HALVES) {
            let (from, to) = (SIDE as u16 / 2 - half, SIDE as u16 / 2 + half);
            all += to - from;
            *span = if seen(tap) { (from.max(first), to.min(end).max(from.max(first))) } else { (0, 0) };
            counted += span.1 - span.0;
        }
        f32::from(counted) >= LEAST * f32::from(all)
    }
}

/// Returns the circle that approximates the face: centre and radius in pixels of the frame.
pub(super) fn circle(pose: &Pose) -> (Point, f32) {
    let x = CENTRE.x + (FOLLOW * pose.nose()).clamp(-FARTHEST, FARTHEST);
    (pose.in_frame(Point { x, y: CENTRE.y }), RADIUS * pose.scale())
}

/// Computes, along an axis of `limit` pixels, the shares of the frame's pixels in each pixel of the square; they add up to
/// 256. They are the mean of the linear interpolation over the covered length. Weights of whole pixels would shift a slope
/// back and forth from pixel to pixel, and that would count as detail.
fn taps(shares: &mut Vec<u16>, start: f32, length: f32, limit: usize) -> [Tap; SIDE] {
    let step = length / SIDE as f32;
    let last = limit.saturating_sub(1);
    std::array::from_fn(|index| {
        let middle = start + (index as f32 + 0.5) * step;
        if !(middle >= 0.0 && middle < limit as f32) {
            return Tap::default();
        }
        // Coordinates in which the middle of a pixel is an integer. The first and the last pixel extend beyond the edges.
        let (low, high) = (middle - 0.5 - step / 2.0, middle - 0.5 + step / 2.0);
        let (first, end) = (low.max(0.0) as usize, (high.max(0.0) as usize + 1).min(last));
        let before = shares.len();
        let mut given = 0;
        shares.extend((first..=end).map(|pixel| {
            let so_far = if pixel == end {
                256
            } else {
                let covered = |to: f32| ramp(to - pixel as f32);
                ((covered(high) - covered(low)) / step * 256.0 + 0.5) as u16
            };
            let share = so_far - given;
            given = so_far;
            share
        }));
        Tap { first, shares: (before, shares.len() - before) }
    })
}

/// Returns the weight up to `to` that belongs to a pixel at 0 or before: the integral of a line that falls from 1 at 0 to
/// 0 at 1.
fn ramp(to: f32) -> f32 {
    let rest = 1.0 - to.clamp(0.0, 1.0);
    to.min(0.0) + (1.0 - rest * rest) / 2.0
}

fn luminance(linear: &[u16; 256], red: u8, green: u8, blue: u8) -> usize {
    let [red, green, blue] = [red, green, blue].map(|channel| u32::from(linear[usize::from(channel)]));
    // 0.2126, 0.7152 and 0.0722 of 65536.
    let light = (red * 13933 + green * 46871 + blue * 4732) >> 16;
    ((light * 255 + 32768) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_stay_in_the_frame() {
        for (start, length) in [(-10.3, 97.0), (0.0, 128.0), (3.7, 300.5), (250.0, 77.7), (-500.0, 1600.0)] {
            let mut shares = Vec::new();
            for tap in taps(&mut shares, start, length, 320) {
                let own = &shares[tap.shares.0..][..tap.shares.1];
                assert!(own.is_empty() || own.iter().sum::<u16>() == 256, "{start} {length} {own:?}");
                assert!(tap.first + own.len() <= 320);
            }
        }
    }

    /// The result for a slope of one level a pixel, in 1/256 of a level.
    #[test]
    fn a_slope_stays_a_slope() {
        for length in [70.0, 128.0, 170.3, 219.7, 300.5, 801.9] {
            let mut shares = Vec::new();
            let (start, step) = (10.3, length / SIDE as f32);
            for (index, tap) in taps(&mut shares, start, length, 2000).iter().enumerate() {
                let own = shares[tap.shares.0..][..tap.shares.1].iter().enumerate();
                let got: usize = own.map(|(pixel, share)| (tap.first + pixel) * usize::from(*share)).sum();
                let want = (start + (index as f32 + 0.5) * step - 0.5) * 256.0;
                assert!((got as f32 - want).abs() <= 1.0 + step, "{length} {index}: {got} {want}");
            }
        }
    }

    #[test]
    fn luminance_equals_the_formula_of_the_standard() {
        let scratch = Scratch::default();
        for rgb in [[0, 0, 0], [255, 255, 255], [200, 150, 120], [10, 240, 3], [77, 77, 77]] {
            let [red, green, blue] = rgb.map(|channel| linear(f32::from(channel) / 255.0));
            let want = (0.2126 * red + 0.7152 * green + 0.0722 * blue) * 255.0;
            assert!((want - scratch.luminance(rgb) as f32).abs() <= 0.52, "{rgb:?} {want}");
        }
    }
}
