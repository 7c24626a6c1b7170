//! Photos from frames and files in a real browser. The files are made by `tests/fixtures/make.py`.
#![cfg(target_arch = "wasm32")]

mod web_support;

use akiba_selfie::adapter::camera::Camera;
use akiba_selfie::adapter::photo::object_url::ObjectUrl;
use akiba_selfie::adapter::photo::{self, EncodedPhoto};
use akiba_selfie::config::Facing;
use akiba_selfie::flow::{CameraChoice, GrabFailure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;

wasm_bindgen_test_configure!(run_in_browser);

const RED: [u8; 3] = [230, 20, 20];
const GREEN: [u8; 3] = [20, 180, 20];
const BLUE: [u8; 3] = [20, 20, 230];
const WHITE: [u8; 3] = [245, 245, 245];

/// The segments of a JPEG before its picture: each marker with its content.
fn segments(jpeg: &[u8]) -> Vec<(u8, Vec<u8>)> {
    assert_eq!(jpeg[..2], [0xFF, 0xD8]);
    let (mut at, mut segments) = (2, Vec::new());
    loop {
        assert_eq!(jpeg[at], 0xFF);
        let (marker, length) = (jpeg[at + 1], usize::from(jpeg[at + 2]) << 8 | usize::from(jpeg[at + 3]));
        segments.push((marker, jpeg[at + 4..at + 2 + length].to_vec()));
        if marker == 0xDA {
            return segments;
        }
        at += 2 + length;
    }
}

/// Checks that a photo is a JPEG of the claimed size, with nothing but its picture.
async fn assert_clean(still: &EncodedPhoto) {
    let jpeg = bytes(&still.blob).await;
    assert_eq!(still.blob.type_(), "image/jpeg");
    for (marker, body) in segments(&jpeg) {
        assert!(!matches!(marker, 0xE1..=0xEF | 0xFE), "segment {marker:#x} is metadata");
        assert!(marker != 0xE0 || body.starts_with(b"JFIF\0") && body.len() == 14);
    }
    assert!(jpeg.ends_with(&[0xFF, 0xD9]));
    let (width, height, _) = look(&still.blob, &[]).await;
    assert_eq!((width, height), (still.width, still.height));
}

#[wasm_bindgen_test]
async fn a_frame_of_the_camera_becomes_a_photo() {
    let video = video();
    let camera =
        Camera::open(CameraChoice::Facing(Facing::Front), None, video.clone(), |_| {}, |_, _| {}).await.unwrap();
    let still = photo::Frame::of(&video, None).await.unwrap().photo().await.unwrap();
    // A wide picture counts up to a square.
    assert_eq!((still.width, still.height), (video.video_height(), video.video_height()));
    assert_clean(&still).await;
    assert!(still.blob.size() <= f64::from(*photo::BYTES.end()));
    let luminance = still.luminance.unwrap();
    assert!(luminance.mean > 0.04 && luminance.variance > 0.0004, "{luminance:?}");
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_photo_is_not_mirrored() {
    let video = video();
    let colours = ["rgb(230 20 20)", "rgb(20 180 20)", "rgb(20 20 230)", "rgb(245 245 245)"];
    replace_camera(&quarters(1280, 960, colours.map(str::to_owned).to_vec()));
    let camera =
        Camera::open(CameraChoice::Facing(Facing::Front), None, video.clone(), |_| {}, |_, _| {}).await.unwrap();
    restore();
    assert!(camera.info().mirrored, "the preview is mirrored, the photo is not");
    let still = photo::Frame::of(&video, None).await.unwrap().photo().await.unwrap();
    let (width, height, seen) = look(&still.blob, &QUARTERS).await;
    assert_eq!((width, height), (960, 960));
    for (seen, expected) in seen.into_iter().zip([RED, GREEN, BLUE, WHITE]) {
        assert!(alike(seen, expected), "{seen:?} is not {expected:?}");
    }
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn the_photo_is_what_is_shown() {
    let video = video();
    let colours = ["rgb(230 20 20)", "rgb(20 180 20)", "rgb(20 20 230)", "rgb(245 245 245)"];
    replace_camera(&quarters(1280, 960, colours.map(str::to_owned).to_vec()));
    let camera =
        Camera::open(CameraChoice::Facing(Facing::Front), None, video.clone(), |_| {}, |_, _| {}).await.unwrap();
    restore();
    for (style, size) in [
        ("display: block; width: 300px; height: 400px", (720, 960)),
        ("display: block; width: 300px; height: 300px", (960, 960)),
        ("display: block; width: 600px; height: 300px", (960, 960)),
        ("display: block; width: 300px; height: 900px", (576, 960)),
    ] {
        video.set_attribute("style", style).unwrap();
        let still = photo::Frame::of(&video, None).await.unwrap().photo().await.unwrap();
        let (width, height, seen) = look(&still.blob, &QUARTERS).await;
        assert_eq!((width, height), size, "{style}");
        for (seen, expected) in seen.into_iter().zip([RED, GREEN, BLUE, WHITE]) {
            assert!(alike(seen, expected), "{style}: {seen:?} is not {expected:?}");
        }
    }
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_video_without_a_frame_gives_no_photo() {
    assert_eq!(photo::Frame::of(&video(), None).await.err(), Some(GrabFailure::Frame));
}

#[wasm_bindgen_test]
async fn a_frame_that_draws_nothing_is_drawn_again() {
    let video = video();
    replace_camera(&quarters(640, 480, ["#f00", "#0f0", "#00f", "#fff"].map(str::to_owned).to_vec()));
    let camera =
        Camera::open(CameraChoice::Facing(Facing::Front), None, video.clone(), |_| {}, |_, _| {}).await.unwrap();
    restore();
    let canvas = js_sys::Reflect::get(&js_sys::global(), &"CanvasRenderingContext2D".into()).unwrap();
    let canvas = js_sys::Reflect::get(&canvas, &"prototype".into()).unwrap();
    for (times, expected) in [(3, None), (1000, Some(GrabFailure::Frame))] {
        replace(&canvas, "drawImage", &drawing_nothing(times));
        let photo = photo::Frame::of(&video, None).await;
        restore();
        assert_eq!(photo.err(), expected, "{times} times");
    }
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_large_photo_is_scaled_down() {
    for (what, noise) in [("a usual photo", 0.3), ("one that is all noise", 1.0)] {
        let file = photo(4000, 3000, noise, 0.8).await;
        assert!(file.size() > 1e6);
        let still = photo::from_file(&file).await.unwrap();
        assert_clean(&still).await;
        assert!(still.width <= 1600 && still.width.abs_diff(still.height * 4 / 3) <= 1, "{what}: {still:?}");
        assert!(photo::BYTES.contains(&(still.blob.size() as u32)), "{what}: {} bytes", still.blob.size());
    }
    let soft = photo::from_file(&photo(4000, 3000, 0.1, 0.8).await).await.unwrap();
    assert_eq!((soft.width, soft.height), (1600, 1200), "pixels are kept if the quality is enough");
}

#[wasm_bindgen_test]
async fn a_small_photo_is_not_enlarged() {
    let still = photo::from_file(&photo(320, 240, 0.1, 0.9).await).await.unwrap();
    assert_eq!((still.width, still.height), (320, 240));
    assert_clean(&still).await;
}

#[wasm_bindgen_test]
async fn a_photo_that_is_too_large_gets_half_the_bytes() {
    let still = photo::from_file(&photo(2000, 1500, 0.3, 0.8).await).await.unwrap();
    let smaller = photo::smaller(&still.blob).await.unwrap();
    assert_clean(&smaller).await;
    let part = smaller.blob.size() / still.blob.size();
    assert!((0.3..=0.5).contains(&part), "{part}");
    let shape = |still: &EncodedPhoto| f64::from(still.width) / f64::from(still.height);
    assert!((shape(&smaller) - shape(&still)).abs() < 0.01, "{smaller:?}");
}

#[wasm_bindgen_test]
async fn photos_are_rotated_and_lose_their_metadata() {
    for (orientation, jpeg) in [
        (1, &include_bytes!("fixtures/orientation-1.jpg")[..]),
        (2, include_bytes!("fixtures/orientation-2.jpg")),
        (3, include_bytes!("fixtures/orientation-3.jpg")),
        (4, include_bytes!("fixtures/orientation-4.jpg")),
        (5, include_bytes!("fixtures/orientation-5.jpg")),
        (6, include_bytes!("fixtures/orientation-6.jpg")),
        (7, include_bytes!("fixtures/orientation-7.jpg")),
        (8, include_bytes!("fixtures/orientation-8.jpg")),
    ] {
        let told = segments(jpeg);
        assert!(told.iter().any(|(marker, body)| *marker == 0xE1 && body.starts_with(b"Exif\0")), "{orientation}");
        let still = photo::from_file(&file(jpeg, "selfie.jpg")).await.unwrap();
        assert_clean(&still).await;
        let (width, height, seen) = look(&still.blob, &QUARTERS).await;
        assert_eq!((width, height), (96, 64), "orientation {orientation}");
        for (seen, expected) in seen.into_iter().zip([RED, GREEN, BLUE, WHITE]) {
            assert!(alike(seen, expected), "orientation {orientation}: {seen:?} is not {expected:?}");
        }
        let bytes = bytes(&still.blob).await;
        assert!(!bytes.windows(6).any(|window| window == b"Camera" || window == b"t home"), "{orientation}");
    }
}

#[wasm_bindgen_test]
async fn without_bitmaps_an_image_element_decodes() {
    let jpeg = include_bytes!("fixtures/orientation-6.jpg");
    let failing = rejecting(vec!["InvalidStateError".to_owned()]);
    replace(&js_sys::global(), "createImageBitmap", &failing);
    let still = photo::from_file(&file(jpeg, "selfie.jpg")).await;
    restore();
    let still = still.unwrap();
    let (width, height, seen) = look(&still.blob, &QUARTERS).await;
    assert_eq!((width, height), (96, 64));
    for (seen, expected) in seen.into_iter().zip([RED, GREEN, BLUE, WHITE]) {
        assert!(alike(seen, expected), "{seen:?} is not {expected:?}");
    }
}

#[wasm_bindgen_test]
async fn transparent_pixels_become_white() {
    let still = photo::from_file(&file(include_bytes!("fixtures/alpha.png"), "selfie.png")).await.unwrap();
    assert_clean(&still).await;
    let (_, _, seen) = look(&still.blob, &QUARTERS).await;
    assert!(alike(seen[0], RED) && alike(seen[1], [255; 3]), "{seen:?}");
}

#[wasm_bindgen_test]
async fn files_that_are_not_photos_are_rejected() {
    use GrabFailure::*;
    // Only a header: decoding it would fail as damaged.
    let mut claims = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    claims.extend(10_000_u32.to_be_bytes().repeat(2));
    claims.extend(b"\x08\x02\0\0\0____");
    let png = include_bytes!("fixtures/alpha.png");
    let webp = include_bytes!("fixtures/whole.webp");
    assert!(photo::from_file(&file(webp, "selfie.webp")).await.is_ok());
    let mut damaged = png.to_vec();
    damaged[12..16].fill(0);
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec();
    heic.extend([0; 64]);
    for (what, bytes, name, failure) in [
        ("text", b"not a photo at all".to_vec(), "selfie.jpg", NotAnImage),
        ("nothing", vec![], "selfie.jpg", NotAnImage),
        ("a drawing", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "selfie.svg", NotAnImage),
        ("a kind that this browser does not read", heic, "selfie.heic", NotAnImage),
        ("a part of a photo", include_bytes!("fixtures/truncated.jpg").to_vec(), "selfie.jpg", Unreadable),
        ("only a header", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec(), "selfie.jpg", Unreadable),
        ("a part of a PNG", png[..png.len() / 2].to_vec(), "selfie.png", Unreadable),
        ("a part of a WebP", webp[..webp.len() / 2].to_vec(), "selfie.webp", Unreadable),
        ("a damaged header", damaged, "selfie.png", Unreadable),
        ("100 megapixels by its header", claims, "selfie.png", TooLarge),
        ("52 megapixels", include_bytes!("fixtures/52-megapixels.avif").to_vec(), "selfie.avif", TooLarge),
    ] {
        assert_eq!(photo::from_file(&file(&bytes, name)).await.err(), Some(failure), "{what}");
    }
    assert_eq!(photo::from_file(&zeros(20_000_001)).await.err(), Some(TooLarge));
    assert_eq!(photo::from_file(&zeros(20_000_000)).await.err(), Some(NotAnImage), "20 MB is allowed");
}

#[wasm_bindgen_test]
async fn an_object_url_lives_as_long_as_its_owner() {
    let fetch = async |url: &str| JsFuture::from(web_sys::window().unwrap().fetch_with_str(url)).await;
    let url = ObjectUrl::new(&file(b"photo", "photo.jpg")).unwrap();
    let address = url.as_str().to_owned();
    assert!(address.starts_with("blob:"));
    assert!(fetch(&address).await.is_ok());
    drop(url);
    assert!(fetch(&address).await.is_err());
}
