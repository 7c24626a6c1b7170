//! Pure policy: a pattern to draw and read back ([`SIDE`], [`COLOUR`]), and whether what was read is what was drawn
//! ([`is_spoiled`]).

/// Width and height of the pattern. Its left half has the colour, its right half is white.
pub(super) const SIDE: u32 = 16;
/// The colour, for CSS.
pub(super) const COLOUR: &str = "#c06020";
const RGB: [u8; 3] = [0xC0, 0x60, 0x20];
/// The mean difference of a channel from which the pixels count as spoiled. Some browsers change a few pixels by one step,
/// which no comparison of faces notices. Firefox with `resistFingerprinting` returns white or noise.
const TOLERANCE: u32 = 8;

/// Whether these pixels, four bytes each, are far from the pattern.
pub(super) fn is_spoiled(pixels: &[u8]) -> bool {
    let expected = |index: u32| if index % SIDE < SIDE / 2 { RGB } else { [0xFF; 3] };
    let differences = (0..).zip(pixels.chunks_exact(4)).flat_map(|(index, pixel)| {
        let [red, green, blue] = expected(index);
        [(pixel[0], red), (pixel[1], green), (pixel[2], blue)].map(|(read, drawn)| u32::from(read.abs_diff(drawn)))
    });
    differences.sum::<u32>() > TOLERANCE * 3 * SIDE * SIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn() -> Vec<u8> {
        (0..SIDE * SIDE).flat_map(|at| if at % SIDE < 8 { [0xC0, 0x60, 0x20, 0xFF] } else { [0xFF; 4] }).collect()
    }

    #[test]
    fn noise_and_one_colour_are_spoiled_and_a_few_changed_bits_are_not() {
        let noise: Vec<u8> = (0..SIDE * SIDE * 4).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let nudged: Vec<u8> = drawn().iter().map(|value| value ^ 1).collect();
        for (what, pixels, wanted) in [
            ("as drawn", drawn(), false),
            ("with changed bits", nudged, false),
            ("white", vec![0xFF; drawn().len()], true),
            ("black", vec![0; drawn().len()], true),
            ("noise", noise, true),
        ] {
            assert_eq!(is_spoiled(&pixels), wanted, "{what}");
        }
    }
}
