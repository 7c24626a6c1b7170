//! The portraits in dim light: how dark a face may be for an automatic photo.

use akiba_selfie::guidance::{Guide, Hint, Observation, Thresholds};
use akiba_vision::{Analyser, Frame, Measure};

use crate::faces::{good, with};

/// Returns the light on the face of a portrait, in this share of its own light.
fn measured(portrait: &str, light: f64) -> f32 {
    let file = format!("{}/tests/fixtures/face/{portrait}.jpg", env!("CARGO_MANIFEST_DIR"));
    let mut picture = image::open(file).unwrap().to_rgba8();
    // Light adds up in linear values, which sRGB (IEC 61966-2-1) bends.
    let dimmed = |value: u8| {
        let value = f64::from(value) / 255.0;
        let linear = if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) } * light;
        let value = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
        (255.0 * value).round() as u8
    };
    for pixel in picture.pixels_mut() {
        for channel in &mut pixel.0[..3] {
            *channel = dimmed(*channel);
        }
    }
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture.as_raw(), width as usize, height as usize).unwrap();
    let report = Analyser::default().analyse(frame, 0.0);
    assert_eq!(report.faces, 1, "{portrait} at {light}");
    report.value(Measure::LuminanceMean).unwrap()
}

/// Returns the hint for a face that is otherwise good after half a minute, and whether the photo is taken.
fn after_all_loosening(luminance: f32) -> (Hint, bool) {
    let report = with(good(), Measure::LuminanceMean, luminance);
    let mut guide = Guide::default();
    for frame in 0..450 {
        let seen =
            Observation { report: &report, at: f64::from(frame) * 1_000.0 / 15.0, mirrored: true, loosens: true };
        guide = guide.observe(seen, &Thresholds::default());
    }
    (guide.hint, guide.ready())
}

#[test]
fn six_per_cent_of_light_is_enough_for_every_skin() {
    for portrait in ["collins", "jemison", "obama"] {
        for light in [1.0, 0.5, 0.25, 0.12, 0.08, 0.06] {
            let luminance = measured(portrait, light);
            let (hint, taken) = after_all_loosening(luminance);
            assert!(taken, "{portrait} in {light} of the light: {luminance}, {hint:?}");
        }
    }
}

#[test]
fn a_face_without_features_is_never_taken() {
    for (portrait, light) in [("jemison", 0.04), ("jemison", 0.03), ("obama", 0.03), ("obama", 0.02), ("collins", 0.02)]
    {
        let luminance = measured(portrait, light);
        assert_eq!(after_all_loosening(luminance), (Hint::TooDark, false), "{portrait} in {light}: {luminance}");
    }
    assert_eq!(after_all_loosening(0.0125), (Hint::TooDark, false));
}
