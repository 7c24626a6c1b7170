//! The detector agrees with the published model on three people. `evaluation/vision/litert.py` ran the model with LiteRT
//! on the same tensors and wrote `evaluation/vision/litert.csv`. The weights were fitted to pictures of other people.
#![allow(clippy::expect_used)]

mod support;

use std::fmt;

use akiba_vision::{Detector, Face, Frame, Point, Rect};
use support::{HEIGHT, PEOPLE, Person, Place, WIDTH};

const ANSWERS: &str = include_str!("../../../evaluation/vision/litert.csv");

const SIDE: usize = 128;
/// The degradations of the portrait; each is applied at each place.
const RECIPES: [&str; 10] = [
    "gain=1",
    "gain=0.35 noise=20",
    "gamma=0.5",
    "gamma=2 contrast=0.7",
    "blur=40",
    "motion=9",
    "noise=60",
    "jpeg=12",
    "side=0.8",
    "cast=0.3 lift=30 jpeg=40",
];

/// Far and near, straight and turned, in the middle and aside.
fn places() -> impl Iterator<Item = Place> {
    (0..24).map(|at| {
        let share = |step: usize| (at * step % 24) as f32 / 23.0;
        Place {
            inter_eye: 50.0 + 120.0 * share(1),
            turned: -30.0 + 60.0 * share(5),
            x: 240.0 + 160.0 * share(7),
            y: 170.0 + 100.0 * share(11),
        }
    })
}

/// Returns a person's frames scaled to the network's input: 128 × 96 of its 128 × 128 pixels, black above and below.
fn tensors(person: &Person) -> impl Iterator<Item = Vec<u8>> {
    let shots = places().flat_map(move |place| {
        let shot = person.shot(place);
        RECIPES.iter().map(move |recipe| shot.clone().spoilt(recipe))
    });
    shots.map(|shot| {
        let mut tensor = [0, 0, 0, 255].repeat(SIDE * SIDE);
        let step = WIDTH / SIDE;
        for (y, row) in
            tensor.chunks_exact_mut(SIDE * 4).skip((SIDE - HEIGHT / step) / 2).take(HEIGHT / step).enumerate()
        {
            for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
                pixel[..3].copy_from_slice(&shot.rgb[(y * WIDTH + x) * step * 3..][..3]);
            }
        }
        tensor
    })
}

/// Returns a hash of the tensors (FNV-1a), to tell a different JPEG decoder from a wrong detector.
fn fingerprint(tensors: &[Vec<u8>]) -> u64 {
    tensors
        .iter()
        .flatten()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Returns the fingerprint of the first line, and the faces of each frame: a line has frame, score, box and keypoints.
fn answers() -> (u64, Vec<Vec<Face>>) {
    let mut lines = ANSWERS.lines();
    let fingerprint = lines.next().and_then(|line| line.strip_prefix("# ")).expect("a fingerprint");
    let mut frames = vec![vec![]; PEOPLE.len() * frames_of_a_person()];
    for line in lines {
        let (frame, numbers) = line.split_once(',').expect("a frame");
        let numbers: Vec<f32> = numbers.split(',').map(|number| number.parse().expect("a number")).collect();
        let (score, bounds, points) = (numbers[0], &numbers[1..5], &numbers[5..]);
        frames[frame.parse::<usize>().expect("a number")].push(Face {
            score,
            bounds: Rect {
                left: bounds[0],
                top: bounds[1],
                width: bounds[2] - bounds[0],
                height: bounds[3] - bounds[1],
            },
            keypoints: std::array::from_fn(|at| Point { x: points[2 * at], y: points[2 * at + 1] }),
        });
    }
    (u64::from_str_radix(fingerprint, 16).expect("a fingerprint"), frames)
}

fn frames_of_a_person() -> usize {
    places().count() * RECIPES.len()
}

/// Returns the distance of the worst keypoint, in pixels of a frame that is 640 pixels wide.
fn distance(one: &Face, other: &Face) -> f32 {
    let pairs = one.keypoints.iter().zip(&other.keypoints);
    pairs.map(|(a, b)| (a.x - b.x).hypot(a.y - b.y) * (WIDTH / SIDE) as f32).fold(0.0, f32::max)
}

/// Distances from the least to the greatest.
struct Distances(Vec<f32>);

impl Distances {
    fn new(mut distances: Vec<f32>) -> Self {
        distances.sort_by(f32::total_cmp);
        Self(distances)
    }

    /// Returns the distance that this share is not above.
    fn at(&self, share: f32) -> f32 {
        self.0[(share * (self.0.len() - 1) as f32) as usize]
    }
}

impl fmt::Display for Distances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(|share| self.at(share));
        write!(f, "{} faces, median {median:.2}, p95 {p95:.2}, p99 {p99:.2}, most {most:.2}", self.0.len())
    }
}

#[test]
fn keypoints_equal_those_of_the_published_model() {
    let tensors: Vec<_> = PEOPLE.iter().flat_map(|person| tensors(person)).collect();
    let (expected, answers) = answers();
    assert_eq!(fingerprint(&tensors), expected, "these are not the frames that LiteRT saw");

    let mut detector = Detector::default();
    let frames: Vec<_> = tensors.iter().zip(&answers).collect();
    for (person, frames) in PEOPLE.iter().zip(frames.chunks_exact(frames_of_a_person())) {
        let (mut distances, mut of_faces) = (vec![], vec![]);
        for (index, (tensor, answers)) in frames.iter().enumerate() {
            let frame = Frame::new(tensor, SIDE, SIDE).expect("a frame");
            let (found, faces) = (detector.guesses(frame), detector.faces(frame));
            for answer in *answers {
                let nearest = found.iter().map(|face| distance(face, answer)).fold(f32::INFINITY, f32::min);
                assert!(
                    nearest < 40.0,
                    "{}, frame {index}: nothing where the model has a face of score {}",
                    person.name,
                    answer.score
                );
                distances.push(nearest);
                of_faces.extend(faces.iter().map(|face| distance(face, answer)).filter(|one| *one == nearest));
            }
        }
        assert!(distances.len() >= 200);
        let [all, of_faces] = [distances, of_faces].map(Distances::new);
        println!("{}: {all}; {of_faces} of what is a face", person.name);
        assert!(all.at(0.95) <= 1.0, "{}: p95 is {} pixels", person.name, all.at(0.95));
        // A guess below the score of a face can be far off. Nothing uses it.
        assert!(of_faces.0.len() >= 190);
        assert!(of_faces.at(0.99) <= 1.5, "{}: p99 of faces is {} pixels", person.name, of_faces.at(0.99));
        assert!(of_faces.at(1.0) <= 5.0, "{}: a face is off by {} pixels", person.name, of_faces.at(1.0));
    }
}

/// Writes the frames for `evaluation/vision/litert.py` and prints their fingerprint.
#[test]
#[ignore = "not a test: evaluation/vision/litert.py runs it"]
fn write_frames() {
    let tensors: Vec<_> = PEOPLE.iter().flat_map(|person| tensors(person)).collect();
    let file = std::env::var("FRAMES").expect("FRAMES=file");
    std::fs::write(file, tensors.concat()).expect("a file");
    println!("fingerprint {:016x}", fingerprint(&tensors));
}
