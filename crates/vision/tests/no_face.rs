//! No face is reported in noise, shapes and textures, or in the photo of a cat.
#![allow(clippy::expect_used)]

use akiba_vision::{Detector, Frame};
use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize, rotate90, rotate180, rotate270};

const TEXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/no-face/textures.jpg");
const SIDE: u32 = 160;
const OF_EACH: usize = 90;

/// Pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(limit)) as u32
    }

    fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    fn colour(&mut self) -> [u8; 3] {
        [(); 3].map(|()| self.below(256) as u8)
    }
}

/// Returns `side` × `side` random pixels, enlarged.
fn noise(random: &mut Random, side: u32) -> RgbImage {
    let mut small = RgbImage::new(side, side);
    small.pixels_mut().for_each(|pixel| pixel.0 = random.colour());
    resize(&small, SIDE, SIDE, FilterType::CatmullRom)
}

/// Returns noise of all sizes, stronger for larger ones, as in clouds and walls.
fn clouds(random: &mut Random) -> RgbImage {
    let mut sum = noise(random, 3);
    for side in [5, 10, 20, 40, 80] {
        let finer = noise(random, side);
        for (one, other) in sum.iter_mut().zip(finer.iter()) {
            *one = ((u16::from(*one) * 3 + u16::from(*other) * 2) / 5) as u8;
        }
    }
    sum
}

/// Returns ellipses of any colour and size, some in pairs like eyes.
fn blobs(random: &mut Random) -> RgbImage {
    let ground = random.colour();
    let mut picture = RgbImage::from_pixel(SIDE, SIDE, image::Rgb(ground));
    for _ in 0..random.between(3, 30) {
        let (x, y, apart) = (random.below(SIDE) as i32, random.below(SIDE) as i32, random.below(60) as i32);
        let (width, height) = (random.between(2, 40) as i32, random.between(2, 40) as i32);
        let colour = random.colour();
        for middle in [x, x + apart] {
            for (column, row, pixel) in picture.enumerate_pixels_mut() {
                let (dx, dy) = ((column as i32 - middle) * height, (row as i32 - y) * width);
                if dx * dx + dy * dy < width * width * height * height {
                    pixel.0 = colour;
                }
            }
        }
    }
    picture
}

/// Returns stripes or squares of two colours.
fn pattern(random: &mut Random) -> RgbImage {
    let colours = [random.colour(), random.colour()];
    let (across, down, lean, squares) =
        (random.between(2, 40), random.between(2, 40), random.below(3), random.below(2));
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (column, row) = ((x + lean * y) / across, y / down);
        image::Rgb(colours[((column + row * squares) % 2) as usize])
    })
}

/// Returns a part of a photograph, rotated, lighter or darker.
fn texture(random: &mut Random, photographs: &RgbImage) -> RgbImage {
    let square = photographs.height();
    let which = random.below(photographs.width() / square);
    let size = random.between(square / 3, square);
    let (x, y) = (random.below(square - size + 1), random.below(square - size + 1));
    let piece = crop_imm(photographs, which * square + x, y, size, size).to_image();
    let mut piece = resize(&piece, SIDE, SIDE, FilterType::Triangle);
    let (gain, lift) = (random.between(40, 160), random.below(60));
    piece.iter_mut().for_each(|value| *value = (u32::from(*value) * gain / 100 + lift).min(255) as u8);
    match random.below(4) {
        0 => rotate90(&piece),
        1 => rotate180(&piece),
        2 => rotate270(&piece),
        _ => piece,
    }
}

#[test]
fn no_face_is_found_where_there_is_none() {
    let photographs = image::open(TEXTURES).expect("textures").to_rgb8();
    let mut random = Random(0x5EED);
    let mut detector = Detector::default();
    let mut tried = 0;
    let mut guessed = 0;
    let mut wrong = vec![];
    for round in 0..OF_EACH {
        let grain = [SIDE, SIDE, 64, 32, 16, 8][round % 6];
        let pictures = [
            ("noise", noise(&mut random, grain)),
            ("clouds", clouds(&mut random)),
            ("blobs", blobs(&mut random)),
            ("pattern", pattern(&mut random)),
            ("texture", texture(&mut random, &photographs)),
            ("texture", texture(&mut random, &photographs)),
        ];
        for (kind, picture) in pictures {
            let rgba: Vec<u8> = picture.pixels().flat_map(|&image::Rgb([r, g, b])| [r, g, b, 255]).collect();
            let frame = Frame::new(&rgba, SIDE as usize, SIDE as usize).expect("a frame");
            tried += 1;
            guessed += usize::from(!detector.guesses(frame).is_empty());
            if let Some(face) = detector.faces(frame).first() {
                wrong.push((kind, round, *face));
            }
        }
    }
    assert!(tried >= 500);
    println!("{tried} frames without a face: the bare network sees one in {guessed}");
    // Otherwise the pictures would be too easy.
    assert!(guessed > 20, "{guessed}");
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:?}", wrong.len());
}
