//! Frames with a face whose keypoints are known, and degradations of them. `evaluation/vision/quality_ofiq.py` creates the
//! same frames, pixel by pixel, except for differences between JPEG codecs.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;

use akiba_vision::{Face, Frame, Measure, Point, Reading, Rect, quality};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};

pub const WIDTH: usize = 640;
pub const HEIGHT: usize = 480;

/// A portrait of `tests/fixtures/face`, and its face as the detector's model finds it, at three sizes.
pub struct Person {
    pub name: &'static str,
    portrait: LazyLock<RgbImage>,
    /// By [`akiba_vision::Keypoint`].
    keypoints: [(f32, f32); 6],
    /// The middle of the detector's box, and half its width.
    centre: (f32, f32),
    radius: f32,
}

fn open(name: &str) -> RgbImage {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/face/");
    image::open(format!("{folder}{name}.jpg")).expect("the portrait").to_rgb8()
}

pub static COLLINS: Person = Person {
    name: "collins",
    portrait: LazyLock::new(|| open("collins")),
    keypoints: [(204.1, 100.1), (247.5, 102.9), (225.3, 128.1), (223.9, 148.7), (178.8, 107.8), (269.0, 112.9)],
    centre: (224.2, 124.9),
    radius: 52.2,
};
pub static JEMISON: Person = Person {
    name: "jemison",
    portrait: LazyLock::new(|| open("jemison")),
    keypoints: [(173.4, 125.8), (226.8, 127.7), (201.5, 164.1), (199.9, 186.4), (139.8, 129.0), (253.5, 132.8)],
    centre: (197.5, 152.4),
    radius: 67.4,
};
pub static OBAMA: Person = Person {
    name: "obama",
    portrait: LazyLock::new(|| open("obama")),
    keypoints: [(213.9, 107.8), (270.1, 107.4), (241.2, 139.4), (241.5, 166.5), (184.0, 121.3), (302.4, 121.5)],
    centre: (243.2, 138.3),
    radius: 67.4,
};
/// Everybody.
pub static PEOPLE: [&Person; 3] = [&COLLINS, &JEMISON, &OBAMA];

/// The place of a face in its frame.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Distance of the eyes, in pixels.
    pub inter_eye: f32,
    /// Clockwise rotation of the portrait, in degrees.
    pub turned: f32,
    /// Position of the middle of the eyes.
    pub x: f32,
    pub y: f32,
}

impl Default for Place {
    fn default() -> Self {
        Self { inter_eye: 100.0, turned: 0.0, x: 320.0, y: 190.0 }
    }
}

/// A frame and its face.
#[derive(Clone)]
pub struct Shot {
    pub rgb: Vec<u8>,
    pub width: usize,
    pub height: usize,
    pub face: Face,
    pub place: Place,
    pub unscaled: bool,
}

/// Returns the portrait of Collins at a place in a frame of 640 × 480. Its edge pixels continue to the edges of the frame.
pub fn shot(place: Place) -> Shot {
    COLLINS.shot(place)
}

/// Returns the same in another size of frame.
pub fn shot_of(place: Place, width: usize, height: usize) -> Shot {
    COLLINS.shot_of(place, width, height)
}

impl Person {
    /// Returns this portrait at a place in a frame of 640 × 480.
    pub fn shot(&self, place: Place) -> Shot {
        self.shot_of(place, WIDTH, HEIGHT)
    }

    fn shot_of(&self, place: Place, width: usize, height: usize) -> Shot {
        let [right, left, ..] = self.keypoints;
        let (mx, my) = ((right.0 + left.0) / 2.0, (right.1 + left.1) / 2.0);
        let scale = place.inter_eye / (left.0 - right.0).hypot(left.1 - right.1);
        let (sine, cosine) = place.turned.to_radians().sin_cos();
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let (dx, dy) = ((x as f32 + 0.5 - place.x) / scale, (y as f32 + 0.5 - place.y) / scale);
                rgb.extend(sample(&self.portrait, mx + dx * cosine + dy * sine, my - dx * sine + dy * cosine));
            }
        }
        let to_frame = |(x, y): (f32, f32)| {
            let (dx, dy) = ((x - mx) * scale, (y - my) * scale);
            Point { x: place.x + dx * cosine - dy * sine, y: place.y + dx * sine + dy * cosine }
        };
        let centre = to_frame(self.centre);
        let radius = self.radius * scale;
        let bounds =
            Rect { left: centre.x - radius, top: centre.y - radius, width: 2.0 * radius, height: 2.0 * radius };
        let face = Face { score: 0.94, bounds, keypoints: self.keypoints.map(to_frame) };
        Shot { rgb, width, height, face, place, unscaled: false }
    }
}

/// Returns the interpolated colour of a portrait at a position.
fn sample(portrait: &RgbImage, x: f32, y: f32) -> [u8; 3] {
    let (width, height) = (portrait.width() as f32, portrait.height() as f32);
    let (x, y) = ((x - 0.5).clamp(0.0, width - 1.001), (y - 0.5).clamp(0.0, height - 1.001));
    let (column, row) = (x.floor(), y.floor());
    let (right, down) = (x - column, y - row);
    let at = |dx: u32, dy: u32, channel: usize| {
        f32::from(portrait.get_pixel(column as u32 + dx, row as u32 + dy).0[channel])
    };
    [0, 1, 2].map(|channel| {
        let above = at(0, 0, channel) * (1.0 - right) + at(1, 0, channel) * right;
        let below = at(0, 1, channel) * (1.0 - right) + at(1, 1, channel) * right;
        (above * (1.0 - down) + below * down + 0.5) as u8
    })
}

impl Shot {
    /// Closes the eyes: from row to row, the skin above each eye becomes that below it, and a thin dark line is the lashes.
    pub fn shut(mut self) -> Self {
        let [right, left, ..] = self.face.keypoints;
        let (x, y) = (left.x - right.x, left.y - right.y);
        let apart = x.hypot(y);
        let before = self.rgb.clone();
        let (wide, high) = (0.25 * apart, 0.13 * apart);
        for eye in [right, left] {
            for (index, pixel) in self.rgb.chunks_exact_mut(3).enumerate() {
                let (dx, dy) = ((index % self.width) as f32 + 0.5 - eye.x, (index / self.width) as f32 + 0.5 - eye.y);
                let (along, down) = ((dx * x + dy * y) / apart, (dy * x - dx * y) / apart);
                if along.abs() > wide || down.abs() > high {
                    continue;
                }
                let at = |down: f32| {
                    let (x, y) = (eye.x + (along * x - down * y) / apart, eye.y + (along * y + down * x) / apart);
                    [0, 1, 2].map(|channel| f32::from(before[(y as usize * self.width + x as usize) * 3 + channel]))
                };
                let share = (down + high) / (2.0 * high);
                let light = if (down - 0.04 * apart).abs() < 0.012 * apart { 0.6 } else { 1.0 };
                for ((value, above), below) in pixel.iter_mut().zip(at(-high)).zip(at(high)) {
                    *value = (light * (above * (1.0 - share) + below * share)) as u8;
                }
            }
        }
        self
    }

    /// Applies each degradation of a recipe such as `blur=4 gain=0.6`.
    pub fn spoilt(mut self, recipe: &str) -> Self {
        for step in recipe.split_whitespace() {
            let (way, amount) = step.split_once('=').expect("way=amount");
            self.spoil(way, amount.parse().expect("a number"));
        }
        self
    }

    /// Applies one degradation.
    pub fn spoil(&mut self, way: &str, amount: f64) {
        match way {
            "blur" => self.soften(amount as usize),
            "motion" => self.smear(amount as usize),
            "gain" => self.levels(|value| value * amount),
            "gamma" => self.levels(|value| 255.0 * (value / 255.0).powf(amount)),
            "contrast" => self.levels(|value| 128.0 + (value - 128.0) * amount),
            "lift" => self.levels(|value| value + amount),
            "cast" => self.pixels(|_, [red, green, blue]| [red * (1.0 - amount), green, blue * (1.0 + amount)]),
            "side" => {
                let Place { inter_eye, x: middle, .. } = self.place;
                let (left, across) = (f64::from(middle - 1.2 * inter_eye), f64::from(2.4 * inter_eye));
                self.pixels(|x, rgb| {
                    rgb.map(|value| value * (1.0 - amount * ((x as f64 + 0.5 - left) / across).clamp(0.0, 1.0)))
                });
            }
            "noise" => {
                for (index, byte) in self.rgb.iter_mut().enumerate() {
                    let share = f64::from(hash(index as u32) >> 8) / f64::from(1 << 24);
                    *byte = level(f64::from(*byte) + amount * (2.0 * share - 1.0));
                }
            }
            "jpeg" => {
                let mut file = Vec::new();
                JpegEncoder::new_with_quality(&mut file, amount as u8)
                    .encode(&self.rgb, self.width as u32, self.height as u32, ExtendedColorType::Rgb8)
                    .expect("a JPEG");
                self.rgb = image::load_from_memory(&file).expect("the same").to_rgb8().into_raw();
            }
            _ => panic!("no way to spoil a frame: {way}"),
        }
    }

    /// Applies the binomial filter (1 2 1) / 4 `times` times, horizontally and vertically. The variance of the blur is
    /// `times` / 2 square pixels.
    fn soften(&mut self, times: usize) {
        let mut image: Vec<f32> = self.rgb.iter().map(|byte| f32::from(*byte)).collect();
        let mut next = image.clone();
        let (width, line) = (self.width * 3, self.width * 3);
        for _ in 0..times {
            for (from, to) in image.chunks_exact(width).zip(next.chunks_exact_mut(width)) {
                for index in 0..width {
                    let before = from[if index < 3 { index } else { index - 3 }];
                    let after = from[if index + 3 < width { index + 3 } else { index }];
                    to[index] = (before + 2.0 * from[index] + after) / 4.0;
                }
            }
            for index in 0..next.len() {
                let before = next[if index < line { index } else { index - line }];
                let after = next[if index + line < next.len() { index + line } else { index }];
                image[index] = (before + 2.0 * next[index] + after) / 4.0;
            }
        }
        self.rgb = image.iter().map(|value| level(f64::from(*value))).collect();
    }

    /// Replaces each pixel by the mean of `reach` pixels to both sides.
    fn smear(&mut self, reach: usize) {
        let before = self.rgb.clone();
        let last = self.width - 1;
        for (index, byte) in self.rgb.iter_mut().enumerate() {
            let (pixel, channel) = (index / 3, index % 3);
            let (row, x) = (pixel / self.width, pixel % self.width);
            let sum: usize = (0..=2 * reach)
                .map(|offset| {
                    usize::from(before[(row * self.width + (x + offset).saturating_sub(reach).min(last)) * 3 + channel])
                })
                .sum();
            *byte = ((sum + reach) / (2 * reach + 1)) as u8;
        }
    }

    fn levels(&mut self, change: impl Fn(f64) -> f64) {
        let table: [u8; 256] = std::array::from_fn(|value| level(change(value as f64)));
        self.rgb.iter_mut().for_each(|byte| *byte = table[usize::from(*byte)]);
    }

    fn pixels(&mut self, change: impl Fn(usize, [f64; 3]) -> [f64; 3]) {
        let width = self.width;
        for (index, pixel) in self.rgb.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = change(index % width, pixel.map(f64::from)).map(level);
        }
    }

    /// Measures it.
    pub fn read(&self) -> [Option<Reading>; Measure::ALL.len()] {
        let rgba: Vec<u8> = self.rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        let mut frame = Frame::new(&rgba, self.width, self.height).expect("a frame");
        if self.unscaled {
            frame = frame.unscaled();
        }
        quality::read(&mut quality::Scratch::default(), frame, &[self.face], None, 0.0)
    }

    pub fn value(&self, measure: Measure) -> f32 {
        self.read()[measure as usize].unwrap_or_else(|| panic!("no {measure:?}")).value
    }

    pub fn score(&self, measure: Measure) -> u8 {
        self.read()[measure as usize].and_then(|reading| reading.score).unwrap_or_else(|| panic!("no {measure:?}"))
    }
}

fn level(value: f64) -> u8 {
    (value + 0.5).floor().clamp(0.0, 255.0) as u8
}

fn hash(index: u32) -> u32 {
    let mut hash = index.wrapping_mul(2_654_435_761);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(2_246_822_519);
    hash ^ (hash >> 13)
}

/// Returns Spearman's rank correlation.
pub fn rank_correlation(one: &[f64], other: &[f64]) -> f64 {
    let ranks = |values: &[f64]| -> Vec<f64> {
        let below = |value: f64| values.iter().filter(|other| **other < value).count() as f64;
        let same = |value: f64| values.iter().filter(|other| **other == value).count() as f64;
        values.iter().map(|value| below(*value) + (same(*value) - 1.0) / 2.0).collect()
    };
    let (one, other) = (ranks(one), ranks(other));
    let mean = (one.len() as f64 - 1.0) / 2.0;
    let sum = |left: &[f64], right: &[f64]| -> f64 {
        left.iter().zip(right).map(|(left, right)| (left - mean) * (right - mean)).sum()
    };
    sum(&one, &other) / (sum(&one, &one) * sum(&other, &other)).sqrt()
}
