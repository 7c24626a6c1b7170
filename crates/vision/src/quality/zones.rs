//! Two zones on the cheeks: the uniformity of their light, and their colour.

use super::crop::Scratch;
use super::geometry::Pose;
use super::maths::{linear, power};
use super::readings::Readings;
use crate::face::Point;
use crate::frame::Frame;
use crate::measure::Measure;

/// Side of a zone in the standard's aligned picture: 0.3 inter-eye distances.
const SIDE: usize = 33;
/// Their upper left corners there. The zone below the right eye starts at that eye and extends inwards; the other ends at
/// the left eye. Both start half-way down to the mouth.
const CORNERS: [Point; 2] = [Point { x: 251.0, y: 337.0 }, Point { x: 331.0, y: 337.0 }];

pub(super) fn read(scratch: &Scratch, frame: Frame<'_>, pose: &Pose, readings: &mut Readings) {
    let mut histograms = [[0_u16; 256]; 2];
    let (mut sums, mut coloured) = ([0_u32; 3], false);
    for (histogram, corner) in histograms.iter_mut().zip(CORNERS) {
        for index in 0..SIDE * SIDE {
            let (x, y) = ((index % SIDE) as f32, (index / SIDE) as f32);
            let Some(rgb) = pixel(frame, pose.in_frame(Point { x: corner.x + x, y: corner.y + y })) else { return };
            histogram[scratch.luminance(rgb)] += 1;
            for (sum, channel) in sums.iter_mut().zip(rgb) {
                *sum += u32::from(channel);
            }
            coloured |= rgb[0] != rgb[1] || rgb[1] != rgb[2];
        }
    }
    let count = (SIDE * SIDE) as f32;
    let shared: u16 = histograms[0].iter().zip(&histograms[1]).map(|(one, other)| one.min(other)).sum();
    readings.put(Measure::IlluminationUniformity, f32::from(shared) / count);
    let mean = sums.map(|sum| sum as f32 / (2.0 * count * 255.0));
    readings.put(Measure::NaturalColour, if coloured { unnatural(mean) } else { 0.0 });
}

/// Returns the interpolated colour at a position, or `None` outside the frame.
fn pixel(frame: Frame<'_>, at: Point) -> Option<[u8; 3]> {
    // The colour of a pixel belongs to its middle.
    let (x, y) = (at.x - 0.5, at.y - 0.5);
    if !(x >= 0.0 && y >= 0.0) {
        return None;
    }
    let (column, line) = (x as usize, y as usize);
    if column + 1 >= frame.width() || line + 1 >= frame.height() {
        return None;
    }
    let (right, down) = (((x - column as f32) * 256.0) as u32, ((y - line as f32) * 256.0) as u32);
    let start = (line * frame.width() + column) * 4;
    let above: &[u8; 8] = frame.rgba()[start..].first_chunk()?;
    let below: &[u8; 8] = frame.rgba()[start + frame.width() * 4..].first_chunk()?;
    let blend =
        |row: &[u8; 8], channel: usize| u32::from(row[channel]) * (256 - right) + u32::from(row[channel + 4]) * right;
    Some(
        [0, 1, 2]
            .map(|channel| ((blend(above, channel) * (256 - down) + blend(below, channel) * down + 32768) >> 16) as u8),
    )
}

/// Returns the distance of a colour from skin in CIELAB: a* outside 5 to 25, b* outside 5 to 35; 100 if either is negative.
fn unnatural(rgb: [f32; 3]) -> f32 {
    let [red, green, blue] = rgb.map(linear);
    // To XYZ relative to the D50 white point, as in OFIQ.
    let x = (0.43605 * red + 0.38508 * green + 0.14309 * blue) / 0.964_221;
    let y = 0.22249 * red + 0.71689 * green + 0.06062 * blue;
    let z = (0.01393 * red + 0.09710 * green + 0.71419 * blue) / 0.825_211;
    let [x, y, z] = [x, y, z].map(|value| {
        if value <= 216.0 / 24389.0 { (24389.0 / 27.0 * value + 16.0) / 116.0 } else { power(value, 1.0 / 3.0) }
    });
    let (a, b) = (500.0 * (x - y), 200.0 * (y - z));
    if a < 0.0 || b < 0.0 {
        return 100.0;
    }
    let beyond = |value: f32, most: f32| (5.0 - value).max(value - most).max(0.0);
    let (a, b) = (beyond(a, 25.0), beyond(b, 35.0));
    (a * a + b * b).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skin_is_natural_and_blue_is_not() {
        assert!(unnatural([0.8, 0.6, 0.5]) < 0.01);
        assert!(unnatural([0.45, 0.3, 0.22]) < 0.01);
        assert!(unnatural([0.5, 0.5, 0.9]) > 99.0);
        assert!(unnatural([0.95, 0.5, 0.1]) > 20.0);
    }
}
