//! The detector on whole pictures.
#![allow(clippy::unwrap_used)]

use akiba_vision::{Detector, Face, Frame, Keypoint, Point};
use image::RgbaImage;
use image::imageops::{FilterType, crop_imm, replace, resize};

const PORTRAIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/face/collins.jpg");

fn portrait() -> RgbaImage {
    image::open(PORTRAIT).unwrap().to_rgba8()
}

fn faces(picture: &RgbaImage) -> Vec<Face> {
    let (width, height) = picture.dimensions();
    Detector::default().faces(Frame::new(picture, width as usize, height as usize).unwrap())
}

fn near(point: Point, x: f32, y: f32, within: f32) {
    assert!((point.x - x).hypot(point.y - y) <= within, "{point:?} is not near {x}, {y}");
}

#[test]
fn the_keypoints_of_a_portrait_are_found() {
    let faces = faces(&portrait());
    assert_eq!(faces.len(), 1);
    let face = faces[0];
    near(face.at(Keypoint::RightEye), 202.0, 105.0, 8.0);
    near(face.at(Keypoint::LeftEye), 246.0, 108.0, 8.0);
    near(face.at(Keypoint::Mouth), 221.0, 149.0, 8.0);
    assert!(face.score > 0.85);
    assert!(face.bounds.left < 190.0 && face.bounds.left + face.bounds.width > 250.0);
}

#[test]
fn any_size_of_frame_works() {
    let portrait = portrait();
    for (width, height) in [(96, 96), (301, 257), (1024, 1024), (1100, 1500)] {
        let found = faces(&resize(&portrait, width, height, FilterType::Triangle));
        let (across, down) = (width as f32 / 512.0, height as f32 / 512.0);
        near(found[0].at(Keypoint::LeftEye), 246.0 * across, 108.0 * down, 12.0 * across.max(down));
    }
    for (width, height) in [(1, 1), (2, 300), (1000, 1)] {
        assert!(faces(&RgbaImage::new(width, height)).is_empty());
    }
}

/// The network does not compute again what depends only on the black around the frame.
#[test]
fn a_frame_is_analysed_alike_whatever_came_before() {
    let portrait = portrait();
    let mut detector = Detector::default();
    for (left, top, width, height) in [(120, 10, 230, 230), (150, 40, 140, 230), (90, 60, 270, 130)] {
        let first = crop_imm(&portrait, left, top, width, height).to_image();
        // The face moves to the edge of the frame.
        let second = crop_imm(&portrait, left + 20, top + 10, width, height).to_image();
        for picture in [&first, &second, &first] {
            let frame = Frame::new(picture, width as usize, height as usize).unwrap();
            let guesses = detector.guesses(frame);
            assert!(!guesses.is_empty());
            assert_eq!(guesses, Detector::default().guesses(frame), "{width} × {height}");
        }
    }
}

#[test]
fn the_largest_face_comes_first() {
    let face = crop_imm(&portrait(), 110, 0, 230, 230).to_image();
    let mut both = RgbaImage::new(400, 300);
    replace(&mut both, &resize(&face, 160, 160, FilterType::Triangle), 0, 60);
    replace(&mut both, &face, 165, 40);
    let found = faces(&both);
    assert_eq!(found.len(), 2);
    near(found[0].at(Keypoint::LeftEye), 165.0 + 136.0, 40.0 + 108.0, 8.0);
    assert!(found[0].bounds.width > found[1].bounds.width);
}

#[test]
fn alpha_is_ignored() {
    let mut clear = portrait();
    let opaque = faces(&clear);
    clear.pixels_mut().for_each(|pixel| pixel[3] = 0);
    assert_eq!(faces(&clear), opaque);
}
