//! The part of the frame that is shown, checked and sent.

use akiba_selfie::guidance::{ASPECTS, crop};
use proptest::prelude::*;

#[test]
fn the_part_has_the_shape_of_the_picture_on_the_screen() {
    for (frame, shown, part) in [
        // A webcam in a portrait picture and in a square one.
        ((1280, 960), 0.75, (720, 960)),
        ((1280, 960), 1.0, (960, 960)),
        ((1280, 720), 1.0, (720, 720)),
        // A phone.
        ((960, 1280), 0.75, (960, 1280)),
        ((720, 1280), 0.75, (720, 960)),
        ((960, 1280), 1.0, (960, 960)),
        // Pictures of a page that are too wide or too high for a portrait.
        ((1280, 720), 1.9, (720, 720)),
        ((720, 1280), 0.3, (720, 1200)),
        // Outside a document.
        ((1280, 960), f32::NAN, (960, 960)),
        ((960, 1280), f32::INFINITY, (960, 1280)),
        ((0, 0), 0.75, (0, 0)),
    ] {
        assert_eq!(crop(frame, shown), part, "{frame:?} shown as {shown}");
    }
}

/// The oval on its grid: see the viewfinder.
const GRID: (f32, f32) = (270.0, 360.0);
const OVAL: (f32, f32) = (198.0, 268.0);
const ABOVE: f32 = 24.0;

#[test]
fn a_head_that_fills_the_oval_keeps_the_margins_of_iso_39794_5() {
    for shown in [0.1, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0, 2.0] {
        let (width, height) = crop((3000, 3000), shown);
        let (width, height) = (width as f32, height as f32);
        let scale = (width / GRID.0).min(height / GRID.1);
        let eyes = height / 2.0 - ABOVE * scale;
        for (name, share, least, most) in [
            ("width of the head", OVAL.0 * scale / width, 0.5, 0.75),
            // To a thousandth.
            ("height of the head", OVAL.1 * scale / height, 0.595, 0.9),
            ("height of the eyes", eyes / height, 0.3, 0.5),
        ] {
            assert!((least..=most).contains(&share), "{name}: {share} of a picture shown as {shown}");
        }
    }
}

proptest! {
    #[test]
    fn the_part_is_in_the_middle_of_any_frame(width in 2u32..5000, height in 2u32..5000, shown in 0.01f32..10.0) {
        let part = crop((width, height), shown);
        prop_assert!(part.0 <= width && part.1 <= height);
        prop_assert!(part.0 == width || part.1 == height, "no pixel is lost without need");
        prop_assert!((width - part.0).is_multiple_of(2) && (height - part.1).is_multiple_of(2), "as much on both sides");
        let (least, most) = ((part.0 as f32 - 2.0) / part.1 as f32, (part.0 as f32) / (part.1 as f32 - 2.0).max(1.0));
        let aspect = shown.clamp(ASPECTS.0, ASPECTS.1);
        prop_assert!(least <= aspect && (aspect <= most || part.1 < 3), "{part:?} shown as {aspect}");
    }
}
