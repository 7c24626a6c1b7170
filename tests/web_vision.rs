//! The vision worker as shipped, in a real Chromium: its reports, and that no failure leaves anything waiting.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::cell::RefCell;
use std::rc::Rc;

use akiba_selfie::VisionSource;
use akiba_selfie::adapter::camera::{Camera, preview};
use akiba_selfie::adapter::vision::{FrameLoop, Vision, VisionUnavailable};
use akiba_selfie::config::Facing;
use akiba_selfie::flow::CameraChoice;
use akiba_vision::{Measure, Report};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag, Url};

wasm_bindgen_test_configure!(run_in_browser);

const WORKER: &str = include_str!("../www/vision/worker.js");
const WASM: &[u8] = include_bytes!("../www/vision/akiba-vision.wasm");
const FACE: &[u8] = include_bytes!("fixtures/face/collins.jpg");
const ALPHA: &[u8] = include_bytes!("fixtures/alpha.png");

fn now() -> f64 {
    web_sys::window().unwrap().performance().unwrap().now()
}

fn url(content: &[u8], kind: &str) -> String {
    Url::create_object_url_with_blob(&blob(content, kind)).unwrap()
}

fn blob(content: &[u8], kind: &str) -> Blob {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(content)), &options).unwrap()
}

fn source(worker: &str, wasm: &[u8]) -> VisionSource {
    VisionSource::Urls {
        worker: url(worker.as_bytes(), "text/javascript").into(),
        wasm: url(wasm, "application/wasm").into(),
    }
}

/// Returns the results for the fake camera's frames, and how long it took until there were `enough`.
async fn analysed(
    source: &VisionSource,
    most: f64,
    enough: usize,
) -> (Vec<Result<(Report, f64), VisionUnavailable>>, f64) {
    let vision = Vision::open(source);
    let video = preview::video().unwrap();
    let camera =
        Camera::open(CameraChoice::Facing(Facing::Front), None, video.clone(), |_| {}, |_, _| {}).await.unwrap();
    let told = Rc::new(RefCell::new(Vec::new()));
    let begun = now();
    let frame_loop = {
        let told = Rc::clone(&told);
        FrameLoop::start(&vision, video, move |seen| told.borrow_mut().push(seen))
    };
    while now() - begun < most && told.borrow().len() < enough {
        TimeoutFuture::new(10).await;
    }
    let took = now() - begun;
    drop(frame_loop);
    let heard = told.borrow().len();
    TimeoutFuture::new(300).await;
    assert_eq!(told.borrow().len(), heard, "a dropped loop reports nothing");
    drop(camera);
    (told.take(), took)
}

#[wasm_bindgen_test]
async fn a_photo_is_analysed_in_full_size_and_its_face_is_found() {
    let vision = Vision::open(&source(WORKER, WASM));
    let report = vision.analyser().analyse(&blob(FACE, "image/jpeg")).await.expect("a report");
    assert_eq!((report.width, report.height, report.faces), (512.0, 512.0, 1));
    // In this portrait, Eileen Collins' eyes are about 38 pixels apart.
    let eyes = report.value(Measure::InterEyeDistance).expect("a distance");
    assert!((30.0..50.0).contains(&eyes), "{eyes}");
    assert_eq!(report.value(Measure::Motion), None);
    // The photo was not scaled.
    assert!(report.value(Measure::CompressionArtefacts).is_some());
}

#[wasm_bindgen_test]
async fn a_file_that_is_not_a_picture_gets_no_report_and_ends_nothing() {
    let vision = Vision::open(&source(WORKER, WASM));
    assert_eq!(vision.analyser().analyse(&blob(b"text", "text/plain")).await, None);
    assert!(vision.analyser().analyse(&blob(ALPHA, "image/png")).await.is_some());
}

#[wasm_bindgen_test]
async fn camera_frames_are_analysed_in_order_and_no_faster_than_needed() {
    let (told, took) = analysed(&source(WORKER, WASM), 20_000.0, 30).await;
    let times: Vec<f64> = told.iter().map(|seen| seen.as_ref().expect("vision works").1).collect();
    assert_eq!(times.len(), 30);
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    // 15 a second, and slightly more because of rounding to frames. The lower bound depends on the machine.
    let rate = 29_000.0 / (times[29] - times[0]);
    assert!(rate < 17.0, "{rate} a second, {took} ms in all");
    let (report, _) = told.into_iter().next_back().unwrap().unwrap();
    assert_eq!((report.width, report.height), (480.0, 480.0), "only the part that is shown");
    // Chromium's own fake camera shows a test picture.
    assert!(report.frame_mean > 0.05 && report.frame_variance > 0.001, "{report:?}");
}

#[wasm_bindgen_test]
async fn a_copied_frame_is_scaled_down_before_it_is_sent() {
    let (global, name) = (js_sys::global(), "VideoFrame".into());
    let class = js_sys::Reflect::get(&global, &name).unwrap();
    js_sys::Reflect::set(&global, &name, &wasm_bindgen::JsValue::UNDEFINED).unwrap();
    // A worker that takes no large pictures. The analysed part is a square in the middle, as high as the picture.
    let strict = "addEventListener('message', ({ data: { picture } }) => {
        if (picture && Math.min(picture.width, picture.height) !== 480) postMessage({ blind: `${picture.width} pixels` });
    });";
    let (told, _) = analysed(&source(&format!("{strict}{WORKER}"), WASM), 20_000.0, 3).await;
    js_sys::Reflect::set(&global, &name, &class).unwrap();
    assert!(told.len() == 3 || told.iter().any(Result::is_err), "{} reports", told.len());
    for seen in told {
        let (report, _) = seen.expect("vision works");
        assert_eq!((report.width, report.height), (480.0, 480.0));
    }
}

/// Each failure, and whether it is noticed only after the full timeout.
#[wasm_bindgen_test]
async fn a_failed_worker_is_reported_once_and_nobody_waits() {
    let silent = "onmessage = () => {};";
    let thrower = "throw new Error('at the beginning');";
    let late = "onmessage = ({ data }) => { if (data.wasm) postMessage({}); };";
    let other_version = "onmessage = ({ data }) => postMessage(data.wasm ? {} : { report: new Float32Array(3) });";
    let no_canvas = format!("OffscreenCanvas = undefined;{WORKER}");
    let no_simd = format!("WebAssembly.validate = () => false;{WORKER}");
    for (name, source, slow) in [
        ("absent", VisionSource::Absent, false),
        ("throws", VisionSource::Opener(Function::new_no_args("throw new Error('SecurityError')")), false),
        ("no worker", VisionSource::Opener(Function::new_no_args("return {}")), false),
        ("the script is missing", VisionSource::Urls { worker: "missing.js".into(), wasm: "no.wasm".into() }, false),
        ("the script throws", source(thrower, WASM), false),
        ("the module is damaged", source(WORKER, &WASM[..99]), false),
        ("no OffscreenCanvas", source(&no_canvas, WASM), false),
        ("no SIMD", source(&no_simd, WASM), false),
        ("another version", source(other_version, WASM), false),
        ("never ready", source(silent, WASM), true),
        ("never an answer", source(late, WASM), true),
    ] {
        let (told, took) = analysed(&source, 12_000.0, 1).await;
        let [Err(VisionUnavailable { cause })] = &told[..] else { panic!("{name}: {told:?}") };
        assert!(cause.starts_with(cause_of(name)), "{name}: {cause}");
        assert!(if slow { (4_900.0..7_500.0).contains(&took) } else { took < 4_000.0 }, "{name}: {took} ms");
    }
}

/// The beginning of the cause for the page.
fn cause_of(name: &str) -> &str {
    match name {
        "absent" | "throws" | "no worker" => "no worker",
        "the script is missing" | "the script throws" | "another version" => "the worker's script failed",
        "never ready" | "never an answer" => "late",
        "the module is damaged" => "WebAssembly",
        other => other,
    }
}

#[wasm_bindgen_test]
async fn guidance_that_arrives_late_comes_in() {
    let slow = format!("setTimeout(() => {{\n{WORKER}\n}}, 6000);");
    // A worker delivers messages only once its script has run, so this one listens late and keeps the first message.
    let slow = format!(
        "const kept = []; const keep = (event) => kept.push(event); addEventListener('message', keep);\n{}",
        slow.replace(
            "}, 6000);",
            "removeEventListener('message', keep); \
            for (const { data } of kept) dispatchEvent(new MessageEvent('message', { data })); }, 6000);"
        )
    );
    let (told, _) = analysed(&source(&slow, WASM), 20_000.0, 3).await;
    assert_eq!(told[0].as_ref().unwrap_err().cause.as_ref(), "late");
    assert!(told[1..].iter().all(Result::is_ok) && told.len() >= 3);
}

#[wasm_bindgen_test]
async fn a_browser_that_reports_no_frames_is_asked_for_them() {
    let reflect = |owner: &wasm_bindgen::JsValue, name: &str| js_sys::Reflect::get(owner, &name.into()).unwrap();
    let video = reflect(&reflect(&js_sys::global(), "HTMLVideoElement"), "prototype");
    let name = "requestVideoFrameCallback".into();
    let own = reflect(&video, "requestVideoFrameCallback");
    js_sys::Reflect::set(&video, &name, &Function::new_no_args("return 1;")).unwrap();
    let (told, took) = analysed(&source(WORKER, WASM), 10_000.0, 15).await;
    js_sys::Reflect::set(&video, &name, &own).unwrap();
    assert!(told.len() >= 15 && told.iter().all(Result::is_ok), "{told:?}");
    assert!(took < 9_000.0, "{took} ms");
}

#[wasm_bindgen_test]
async fn one_exception_in_the_worker_is_not_the_end() {
    let once = "const real = OffscreenCanvasRenderingContext2D.prototype.drawImage; let times = 0;
        OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...all) {
            times += 1;
            if (times === FAILS) throw new Error('once');
            return real.apply(this, all);
        };";
    let worker = format!("{}{WORKER}", once.replace("FAILS", "3"));
    let (told, _) = analysed(&source(&worker, WASM), 20_000.0, 6).await;
    assert!(told.len() >= 6 && told.iter().all(Result::is_ok), "{told:?}");
    let worker = format!("{}{WORKER}", once.replace("=== FAILS", ">= 3"));
    let (told, _) = analysed(&source(&worker, WASM), 20_000.0, 3).await;
    assert_eq!(told.last().unwrap().as_ref().unwrap_err().cause.as_ref(), "once");
}

#[wasm_bindgen_test]
async fn a_photo_waits_at_most_two_seconds_and_not_at_all_without_vision() {
    for (source, least, most) in
        [(VisionSource::Absent, 0.0, 500.0), (source("onmessage = () => {};", WASM), 1_900.0, 4_000.0)]
    {
        let vision = Vision::open(&source);
        let begun = now();
        assert_eq!(vision.analyser().analyse(&blob(ALPHA, "image/png")).await, None);
        let took = now() - begun;
        assert!((least..most).contains(&took), "{took} ms");
    }
    // A worker that ends meanwhile leaves nothing waiting, either.
    let vision = Vision::open(&source("onmessage = () => {};", WASM));
    let analyser = vision.analyser();
    drop(vision);
    let begun = now();
    assert_eq!(analyser.analyse(&blob(ALPHA, "image/png")).await, None);
    assert!(now() - begun < 500.0);
}
