//! Prints the time of the quality measures for a frame: `cargo bench --bench quality`.

use std::hint::black_box;
use std::time::Instant;

use akiba_vision::{Face, Frame, Point, Rect, quality};

/// Returns a face in the middle of a frame, with `inter_eye` pixels between the eyes.
fn face(width: usize, height: usize, inter_eye: f32) -> Face {
    let place =
        |x: f32, y: f32| Point { x: width as f32 / 2.0 + x * inter_eye, y: height as f32 * 0.4 + y * inter_eye };
    Face {
        score: 0.9,
        bounds: Rect { left: 0.0, top: 0.0, width: 2.0 * inter_eye, height: 2.0 * inter_eye },
        keypoints: [
            place(-0.5, 0.0),
            place(0.5, 0.02),
            place(0.01, 0.6),
            place(0.0, 1.1),
            place(-1.1, 0.1),
            place(1.1, 0.1),
        ],
    }
}

fn main() {
    for (width, height, inter_eye) in [(640, 480, 60.0), (640, 480, 100.0), (640, 480, 130.0), (1600, 1200, 300.0)] {
        let rgba: Vec<u8> = (0..width * height * 4).map(|index| (index * 7 % 61 + index / 9000) as u8).collect();
        let Some(frame) = Frame::new(&rgba, width, height) else { return };
        let faces = [face(width, height, inter_eye)];
        let mut scratch = quality::Scratch::default();
        for (name, frame) in [("a video frame", frame), ("a photo as decoded", frame.unscaled())] {
            let mut times: Vec<u128> = (0..300)
                .map(|_| {
                    let start = Instant::now();
                    black_box(quality::read(&mut scratch, black_box(frame), &faces, None, 0.0));
                    start.elapsed().as_nanos()
                })
                .collect();
            times.sort_unstable();
            println!("{width} × {height}, {inter_eye} pixels between the eyes, {name}: {} ns", times[150]);
        }
    }
}
