//! Fine detail of the face ([`sharpness`]), and detail that a codec added ([`blockiness`]).

use super::crop::{SIDE, Scratch, circle};
use super::geometry::Pose;
use crate::frame::Frame;

/// The square in blocks of 4 × 4.
const BLOCKS: usize = SIDE / 4;
/// Coarse detail below this, in 1/16 of a level, is a blank wall and not a face.
const FLAT: f32 = 16.0;
/// Maximum number of rows that are read for blockiness.
const ROWS: usize = 96;
/// Maximum number of pixels of a row.
const COLUMNS: usize = 512;
/// Minimum number of block edges.
const EDGES: usize = 6;

/// Returns the fine detail of the face divided by its coarse detail: the mean magnitude of the Laplacian divided by the
/// mean step between means of 4 × 4 pixels, both of luma in the square. Brightness and contrast cancel out. Returns `None`
/// if there is too little coarse detail.
pub(super) fn sharpness(scratch: &Scratch) -> Option<f32> {
    let Scratch { luma, spans, .. } = scratch;
    let (mut fine, mut pixels) = (0_u32, 0_u32);
    for (row, &(from, to)) in spans.iter().enumerate().take(SIDE - 1).skip(1) {
        // A neighbour outside the frame would look like an edge.
        let (from, to) = (usize::from(from) + 1, usize::from(to).saturating_sub(1));
        if from >= to || spans[row - 1].1 == 0 || spans[row + 1].1 == 0 {
            continue;
        }
        let line = |row: usize, shift: usize| &luma[row * SIDE + from + shift - 1..][..to - from];
        let around = line(row, 0).iter().zip(line(row, 2)).zip(line(row - 1, 1)).zip(line(row + 1, 1));
        let sum: u32 = line(row, 1)
            .iter()
            .zip(around)
            .map(|(own, (((left, right), up), down))| u32::from((4 * own - left - right - up - down).unsigned_abs()))
            .sum();
        fine += sum;
        pixels += (to - from) as u32;
    }
    let mut means = [[0_i32; BLOCKS]; BLOCKS];
    for (row, line) in luma.chunks_exact(SIDE).enumerate() {
        for (mean, four) in means[row / 4].iter_mut().zip(line.as_chunks::<4>().0) {
            *mean += four.iter().map(|value| i32::from(*value)).sum::<i32>();
        }
    }
    // A block counts if its first and last row are inside.
    let inside = |row: usize, column: usize| {
        [row * 4, row * 4 + 3].iter().all(|&line| {
            let (from, to) = spans[line];
            usize::from(from) <= column * 4 && column * 4 + 4 <= usize::from(to)
        })
    };
    let (mut coarse, mut steps) = (0, 0_u32);
    for row in 0..BLOCKS - 1 {
        for column in 0..BLOCKS - 1 {
            if inside(row, column) && inside(row, column + 1) && inside(row + 1, column) {
                let own = means[row][column];
                coarse += own.abs_diff(means[row][column + 1]) + own.abs_diff(means[row + 1][column]);
                steps += 2;
            }
        }
    }
    let fine = fine as f32 / pixels.max(1) as f32;
    let coarse = coarse as f32 / (16 * steps.max(1)) as f32;
    (coarse >= FLAT).then(|| fine / coarse)
}

/// Returns the mean step of green (most of luma) between neighbouring pixels across the edges of 8 × 8 blocks, divided by
/// the mean step elsewhere, along the rows through the face. It is near 1 without blocks, and grows with compression. The
/// blocks are JPEG's and start at the frame's corner. Returns `None` if there are too few edges, or only edges.
pub(super) fn blockiness(scratch: &mut Scratch, frame: Frame<'_>, pose: &Pose) -> Option<f32> {
    let (centre, radius) = circle(pose);
    let (left, right) = range(centre.x, radius.min(COLUMNS as f32 / 2.0), frame.width());
    let (top, bottom) = range(centre.y, radius, frame.height());
    let Scratch { columns, .. } = scratch;
    columns.clear();
    columns.resize((right - left).saturating_sub(1), 0);
    for line in (top..bottom).step_by((bottom - top).div_ceil(ROWS).max(1)) {
        let start = (line * frame.width() + left) * 4;
        let pixels = frame.rgba()[start..][..(right - left) * 4].as_chunks::<4>().0;
        for (sum, pair) in columns.iter_mut().zip(pixels.windows(2)) {
            *sum += u32::from(pair[0][1].abs_diff(pair[1][1]));
        }
    }
    let (mut edges, mut seen, mut others, mut rest) = (0.0, 0, 0.0, 0);
    for (column, &sum) in columns.iter().enumerate() {
        if (left + column + 1) % 8 == 0 {
            edges += sum as f32;
            seen += 1;
        } else {
            others += sum as f32;
            rest += 1;
        }
    }
    (seen >= EDGES && others > 0.0).then(|| (edges / seen as f32) / (others / rest as f32))
}

/// Returns the part of `middle ± radius` that is inside the frame.
fn range(middle: f32, radius: f32, limit: usize) -> (usize, usize) {
    let low = (middle - radius).max(0.0) as usize;
    (low.min(limit), ((middle + radius).max(0.0) as usize).clamp(low.min(limit), limit))
}
