//! The camera in a real browser: Chromium with its fake device. For other cases, a replaced `getUserMedia` rejects as
//! browsers do.
#![cfg(target_arch = "wasm32")]

mod web_support;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use akiba_protocol::CameraKind;
use akiba_selfie::adapter::camera::Camera;
use akiba_selfie::adapter::luminance::Sampler;
use akiba_selfie::adapter::task::Task;
use akiba_selfie::config::{Config, Facing, Options};
use akiba_selfie::flow::{
    self, CameraChoice, CameraInfo, ErrorCode, Event, Generation, Luminance, Prompt, Screen, State,
};
use akiba_selfie::guidance::Hint;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_support::*;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrackState};

wasm_bindgen_test_configure!(run_in_browser);

async fn open(choice: CameraChoice, video: &HtmlVideoElement) -> Result<Camera, ErrorCode> {
    Camera::open(choice, None, video.clone(), |_| {}, |_, _| {}).await
}

fn global() -> JsValue {
    js_sys::global().into()
}

fn navigator() -> JsValue {
    web_sys::window().unwrap().navigator().into()
}

#[wasm_bindgen_test]
async fn an_open_camera_shows_a_picture() {
    let video = video();
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    assert!(camera.info().cameras >= 1);
    assert!(camera.info().mirrored);
    assert!(camera.device_id().is_some());
    let tracks = tracks(&video.src_object().unwrap());
    assert_eq!(tracks.len(), 1);
    assert_eq!(tracks[0].ready_state(), MediaStreamTrackState::Live);
    assert_eq!(tracks[0].kind(), "video");
    assert!(!video.paused() && video.video_width() >= 640 && video.muted());
    assert!(video.has_attribute("playsinline") && !video.has_attribute("style"));
    video.remove();
}

#[wasm_bindgen_test]
async fn a_dropped_camera_is_off() {
    let video = video();
    count_clones();
    let ended = Rc::new(Cell::new(0));
    let counted = Rc::clone(&ended);
    let camera = Camera::open(
        CameraChoice::Facing(Facing::Front),
        None,
        video.clone(),
        move |ended| counted.set(counted.get() + u32::from(ended)),
        |_, _| {},
    )
    .await
    .unwrap();
    let stream = video.src_object().unwrap();
    drop(camera);
    assert!(has_ended(&stream));
    assert_eq!(clones(), 0, "a clone would keep the device on");
    assert_eq!(video.src_object(), None);
    TimeoutFuture::new(100).await;
    assert_eq!(ended.get(), 0, "stopping the camera ourselves is not reported");
    restore();
    video.remove();
}

#[wasm_bindgen_test]
async fn a_dropped_camera_does_not_stop_the_next_one() {
    let video = video();
    let first = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    let stream = video.src_object().unwrap();
    let second = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    drop(first);
    assert!(has_ended(&stream));
    assert!(video.src_object().is_some_and(|stream| !has_ended(&stream)));
    drop(second);
    assert_eq!(video.src_object(), None);
    video.remove();
}

#[wasm_bindgen_test]
async fn switching_through_all_cameras_returns_to_the_first() {
    let video = video();
    let first = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    let (id, count) = (first.device_id(), first.info().cameras);
    drop(first);
    let mut last = id.clone();
    for _ in 0..count {
        let next = Camera::open(CameraChoice::Next, last, video.clone(), |_| {}, |_, _| {}).await.unwrap();
        last = next.device_id();
        assert!(last.is_some());
    }
    assert_eq!(last, id, "after one switch per camera it is the first one again");
    video.remove();
}

#[wasm_bindgen_test]
async fn the_page_can_name_one_of_the_listed_devices() {
    let video = video();
    let listed = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&listed);
    let front = CameraChoice::Facing(Facing::Front);
    let first = Camera::open(front, None, video.clone(), |_| {}, move |devices, _| *keep.borrow_mut() = devices);
    let first = first.await.unwrap();
    assert_eq!(listed.borrow().len(), usize::from(first.info().cameras));
    drop(first);
    for device in listed.take() {
        for (named, wanted) in [(device.id.as_str(), Some(device.id.clone())), ("gone", None)] {
            let choice = CameraChoice::Named(Facing::Front);
            let named = Some(named.to_owned());
            let camera = Camera::open(choice, named, video.clone(), |_| {}, |_, _| {}).await.unwrap();
            assert!(camera.device_id().is_some());
            assert!(wanted.is_none() || camera.device_id() == wanted);
        }
    }
    video.remove();
}

#[wasm_bindgen_test]
async fn a_missing_device_is_replaced_by_another() {
    let video = video();
    let camera = Camera::open(CameraChoice::Next, Some("gone".into()), video.clone(), |_| {}, |_, _| {}).await;
    assert!(camera.is_ok());
    video.remove();
}

#[wasm_bindgen_test]
async fn each_rejection_has_its_code() {
    use ErrorCode::*;
    let video = video();
    for (name, permission, code) in [
        ("NotAllowedError", "denied", CameraDenied),
        ("NotAllowedError", "granted", CameraDeniedBySystem),
        ("NotAllowedError", "prompt", CameraDismissed),
        ("NotFoundError", "prompt", CameraNotFound),
        ("NotReadableError", "granted", CameraInUse),
        ("AbortError", "granted", CameraInUse),
        ("OverconstrainedError", "granted", CameraNotFound),
        ("SecurityError", "prompt", CameraBlocked),
        ("TypeError", "prompt", CameraFailed),
        ("InvalidStateError", "granted", CameraFailed),
    ] {
        replace_get_user_media(&rejecting(vec![name.to_owned()]));
        replace(&navigator(), "permissions", &permissions(permission));
        let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
        restore();
        assert_eq!(error, Some(code), "{name} {permission}");
    }
    assert_eq!(video.src_object(), None);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_denial_that_the_permissions_api_knows_late_is_a_denial() {
    let video = video();
    let late = late_denial();
    replace_get_user_media(&late.get(0));
    replace(&navigator(), "permissions", &late.get(1));
    let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
    restore();
    assert_eq!(error, Some(ErrorCode::CameraDenied));
    video.remove();
}

#[wasm_bindgen_test]
async fn without_a_permissions_api_a_rejection_is_a_denial() {
    let video = video();
    replace_get_user_media(&rejecting(vec!["NotAllowedError".to_owned()]));
    replace(&navigator(), "permissions", &JsValue::UNDEFINED);
    let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
    restore();
    assert_eq!(error, Some(ErrorCode::CameraDenied));
    video.remove();
}

#[wasm_bindgen_test]
async fn a_missing_camera_api_has_its_code() {
    let video = video();
    for (secure, code) in [(true, ErrorCode::CameraUnsupported), (false, ErrorCode::CameraInsecurePage)] {
        replace(&navigator(), "mediaDevices", &JsValue::UNDEFINED);
        replace(&global(), "isSecureContext", &JsValue::from_bool(secure));
        let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
        restore();
        assert_eq!(error, Some(code));
    }
    video.remove();
}

#[wasm_bindgen_test]
async fn a_camera_forbidden_by_policy_is_not_requested() {
    let video = video();
    let asked = rejecting(vec![String::new()]);
    replace_get_user_media(&asked);
    let document = web_sys::window().unwrap().document().unwrap();
    replace(&document, "featurePolicy", &forbidding_policy());
    let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
    restore();
    assert_eq!(error, Some(ErrorCode::CameraBlocked));
    assert_eq!(asks(&asked), Vec::<String>::new());
    video.remove();
}

/// The constraints that a `rejecting` function received.
fn asks(function: &Function) -> Vec<String> {
    let asked = Reflect::get(function, &"asked".into()).unwrap();
    Array::from(&asked).iter().map(|constraints| constraints.as_string().unwrap()).collect()
}

#[wasm_bindgen_test]
async fn unmet_constraints_are_dropped() {
    let video = video();
    let function = rejecting(vec!["OverconstrainedError".into(), "OverconstrainedError".into(), String::new()]);
    replace_get_user_media(&function);
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await;
    restore();
    assert!(camera.is_ok());
    assert_eq!(
        asks(&function),
        [
            r#"{"audio":false,"video":{"facingMode":{"ideal":"user"},"width":{"ideal":1280},"height":{"ideal":960}}}"#,
            r#"{"audio":false,"video":{"facingMode":{"ideal":"user"}}}"#,
            r#"{"audio":false,"video":true}"#,
        ]
    );
    video.remove();
}

#[wasm_bindgen_test]
async fn a_busy_camera_is_asked_again_without_a_size() {
    let video = video();
    let function = rejecting(vec!["NotReadableError".into(), "AbortError".into(), String::new()]);
    replace_get_user_media(&function);
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await;
    restore();
    assert!(camera.is_ok());
    let asks = asks(&function);
    let bare = r#"{"audio":false,"video":{"facingMode":{"ideal":"user"}}}"#;
    assert!(asks[0].contains("1280"));
    assert_eq!(asks[1..], [bare, bare]);
    video.remove();
}

/// An `enumerateDevices` that returns cameras with these labels.
fn cameras(labels: &[&str]) -> Function {
    let camera = |label| format!("{{ kind: 'videoinput', deviceId: '{label}', label: '{label}' }}");
    let list: Vec<String> = labels.iter().map(camera).collect();
    Function::new_no_args(&format!("return Promise.resolve([{}])", list.join(",")))
}

#[wasm_bindgen_test]
async fn another_camera_replaces_one_that_stays_busy() {
    let video = video();
    let devices = web_sys::window().unwrap().navigator().media_devices().unwrap();
    for (labels, wanted) in
        [(&["Virtual Camera", "Good Camera"][..], Some("Good Camera")), (&["Camera, facing back"], None), (&[""], None)]
    {
        let function = rejecting(vec!["NotReadableError".into()]);
        replace_get_user_media(&function);
        replace(&devices, "enumerateDevices", &cameras(labels));
        let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
        restore();
        assert_eq!(error, Some(ErrorCode::CameraInUse));
        let asked = asks(&function);
        let exact = asked.iter().find(|ask| ask.contains("deviceId"));
        assert_eq!(exact.is_some(), wanted.is_some(), "{labels:?}: {asked:?}");
        assert!(wanted.is_none_or(|wanted| exact.unwrap().contains(wanted)), "{asked:?}");
    }
    video.remove();
}

#[wasm_bindgen_test]
async fn a_denied_camera_is_not_requested_again() {
    let video = video();
    let function = rejecting(vec!["NotAllowedError".into()]);
    replace_get_user_media(&function);
    let _ = open(CameraChoice::Facing(Facing::Back), &video).await;
    restore();
    assert_eq!(asks(&function).len(), 1);
    video.remove();
}

/// A canvas instead of the camera.
fn four_colours() -> MediaStream {
    quarters(640, 480, ["#f00", "#0f0", "#00f", "#fff"].map(str::to_owned).to_vec())
}

#[wasm_bindgen_test]
async fn a_late_stream_is_stopped() {
    let video = video();
    let (stream, deferred) = (four_colours(), deferred());
    replace_get_user_media(&returning(&deferred.get(0)));
    let opened = Rc::new(Cell::new(false));
    let (own, told) = (video.clone(), Rc::clone(&opened));
    let task = Task::spawn(async move {
        let _camera = open(CameraChoice::Facing(Facing::Front), &own).await;
        told.set(true);
    });
    TimeoutFuture::new(300).await;
    assert!(!opened.get(), "an unanswered question stays open");
    drop(task);
    deferred.get(1).unchecked_into::<Function>().call1(&JsValue::NULL, &stream).unwrap();
    let stopped = until(|| has_ended(&stream)).await;
    restore();
    assert!(stopped);
    assert_eq!(video.src_object(), None);
    assert!(!opened.get());
    video.remove();
}

#[wasm_bindgen_test]
async fn a_camera_dropped_before_its_first_frame_is_off() {
    let video = video();
    let stream: MediaStream = silent().get(0).unchecked_into();
    replace_camera(&stream);
    let own = video.clone();
    let task = Task::spawn(async move {
        let _camera = open(CameraChoice::Facing(Facing::Front), &own).await;
    });
    assert!(until(|| video.src_object().is_some()).await);
    drop(task);
    let stopped = until(|| has_ended(&stream)).await;
    restore();
    assert!(stopped);
    assert_eq!(video.src_object(), None);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_camera_without_a_picture_fails_after_a_time() {
    let video = video();
    let stream: MediaStream = silent().get(0).unchecked_into();
    let muted = tracks(&stream)[0].muted();
    replace_camera(&stream);
    replace(&global(), "setTimeout", &fast_timers(20));
    let error = open(CameraChoice::Facing(Facing::Front), &video).await.err();
    restore();
    assert_eq!(error, Some(if muted { ErrorCode::CameraInUse } else { ErrorCode::CameraFailed }));
    assert!(has_ended(&stream));
    video.remove();
}

#[wasm_bindgen_test]
async fn a_list_of_devices_that_never_comes_does_not_hold_the_camera_back() {
    let video = video();
    let devices = web_sys::window().unwrap().navigator().media_devices().unwrap();
    replace(&devices, "enumerateDevices", &returning(&deferred().get(0)));
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await;
    restore();
    assert_eq!(camera.unwrap().info().cameras, 1);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_picture_that_needs_a_tap_plays_with_the_tap() {
    let video = video();
    let refused = Function::new_no_args("return Promise.reject(new DOMException('', 'NotAllowedError'))");
    // The real video plays by itself, so it stays paused only while the stream is replaced.
    video.set_autoplay(false);
    replace(&video, "play", &refused);
    let (asked, opened) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (own, counted, told) = (video.clone(), Rc::clone(&asked), Rc::clone(&opened));
    let task = Task::spawn(async move {
        let front = CameraChoice::Facing(Facing::Front);
        let camera =
            Camera::open(front, None, own, move |ended| counted.set(counted.get() + u32::from(!ended)), |_, _| {})
                .await;
        told.set(camera.is_ok());
        TimeoutFuture::new(60_000).await;
    });
    assert!(until(|| asked.get() == 1).await);
    TimeoutFuture::new(200).await;
    assert!(!opened.get());
    restore();
    web_sys::window().unwrap().document().unwrap().body().unwrap().click();
    assert!(until(|| opened.get()).await);
    assert_eq!(asked.get(), 1, "the person is asked once");
    drop(task);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_play_that_was_interrupted_has_not_failed() {
    let video = video();
    video.set_autoplay(false);
    for (name, times, failed) in [
        ("AbortError", 3, None),
        ("NotSupportedError", 99, Some(ErrorCode::CameraFailed)),
        ("", 99, Some(ErrorCode::CameraFailed)),
    ] {
        replace(&video, "play", &refusing(name, times));
        let camera = open(CameraChoice::Facing(Facing::Front), &video).await;
        restore();
        assert_eq!(camera.err(), failed, "{name}");
    }
    video.remove();
}

/// A `play` that the browser refuses so many times with this exception.
fn refusing(name: &str, times: u32) -> Function {
    let make = Function::new_no_args(&format!(
        "let left = {times}; return function () {{ \
         if (left-- > 0) return Promise.reject(new DOMException('', '{name}')); \
         return HTMLMediaElement.prototype.play.call(this); }}"
    ));
    make.call0(&JsValue::NULL).unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn a_camera_that_stops_is_reported_once() {
    let video = video();
    let parts = silent();
    let (stream, show, end): (MediaStream, Function, Function) =
        (parts.get(0).unchecked_into(), parts.get(1).unchecked_into(), parts.get(2).unchecked_into());
    replace_camera(&stream);
    show.call0(&JsValue::NULL).unwrap();
    let ended = Rc::new(Cell::new(0));
    let counted = Rc::clone(&ended);
    let camera = Camera::open(
        CameraChoice::Facing(Facing::Front),
        None,
        video.clone(),
        move |ended| counted.set(counted.get() + u32::from(ended)),
        |_, _| {},
    )
    .await;
    let camera = camera.unwrap();
    end.call0(&JsValue::NULL).unwrap();
    assert!(until(|| ended.get() > 0).await);
    // Now the device disappears from the list, too.
    let devices = web_sys::window().unwrap().navigator().media_devices().unwrap();
    replace(&devices, "enumerateDevices", &returning(&js_sys::Promise::resolve(&Array::new())));
    devices.dispatch_event(&web_sys::Event::new("devicechange").unwrap()).unwrap();
    TimeoutFuture::new(100).await;
    restore();
    assert_eq!(ended.get(), 1);
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn an_unplugged_device_ends_the_camera() {
    let video = video();
    let ended = Rc::new(Cell::new(0));
    let counted = Rc::clone(&ended);
    let camera = Camera::open(
        CameraChoice::Facing(Facing::Front),
        None,
        video.clone(),
        move |ended| counted.set(counted.get() + u32::from(ended)),
        |_, _| {},
    )
    .await
    .unwrap();
    let devices = web_sys::window().unwrap().navigator().media_devices().unwrap();
    let change = || devices.dispatch_event(&web_sys::Event::new("devicechange").unwrap()).unwrap();
    change();
    TimeoutFuture::new(100).await;
    assert_eq!(ended.get(), 0, "another device may be plugged in or out");
    // A list with an empty id hides its devices.
    replace(&devices, "enumerateDevices", &cameras(&["", "another"]));
    change();
    TimeoutFuture::new(100).await;
    assert_eq!(ended.get(), 0, "it may be hidden");
    restore();
    replace(&devices, "enumerateDevices", &cameras(&["another"]));
    change();
    assert!(until(|| ended.get() > 0).await);
    restore();
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_paused_preview_plays_again() {
    let video = video();
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    video.pause().unwrap();
    assert!(until(|| !video.paused()).await);
    drop(camera);
    video.remove();
}

/// Returns the sampler's measurements of the video, at least this many.
async fn measured(video: &HtmlVideoElement, times: usize) -> Vec<Luminance> {
    let measured = Rc::new(std::cell::RefCell::new(Vec::new()));
    let list = Rc::clone(&measured);
    let sampler = Sampler::start(video.clone(), move |luminance| list.borrow_mut().push(luminance)).unwrap();
    assert!(until(|| measured.borrow().len() >= times).await);
    drop(sampler);
    let count = measured.borrow().len();
    TimeoutFuture::new(600).await;
    assert_eq!(measured.borrow().len(), count, "a dropped sampler is silent");
    measured.take()
}

/// Returns the hint of the flow for these frames.
fn hint(frames: &[Luminance]) -> Hint {
    let options =
        Options { relay: Some("https://relay.example".into()), identifier: Some("1".into()), ..Options::default() };
    let config = Config::from_options(&options, "https://page.example/").unwrap();
    let generation = Generation(1);
    let mut state = State {
        screen: Screen::Framing { prompt: Prompt::default() },
        camera: flow::CameraState::Open(
            generation,
            CameraInfo { mirrored: true, kind: CameraKind::Front, poor: false, cameras: 1 },
        ),
        generation,
        ..State::default()
    };
    for luminance in frames {
        state = flow::step(state, Event::FrameMeasured { generation, luminance: *luminance }, &config).0;
    }
    match state.screen {
        Screen::Framing { prompt } => prompt.hint,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn a_covered_camera_counts_as_black() {
    let video = video();
    replace_camera(&quarters(640, 480, ["#000", "#040404", "#000", "#020202"].map(str::to_owned).to_vec()));
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    restore();
    assert_eq!(hint(&measured(&video, 6).await), Hint::NoPicture);
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_camera_with_a_picture_is_not_black() {
    let video = video();
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    let frames = measured(&video, 7).await;
    assert_eq!(hint(&frames), Hint::Position, "{frames:?}");
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn the_colours_of_a_frame_are_measured() {
    let video = video();
    replace_camera(&quarters(640, 480, ["#000", "#fff", "#fff", "#000"].map(str::to_owned).to_vec()));
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    restore();
    for luminance in measured(&video, 2).await {
        assert!((luminance.mean - 0.5).abs() < 0.05, "{luminance:?}");
        assert!((luminance.variance - 0.25).abs() < 0.05, "{luminance:?}");
    }
    drop(camera);
    video.remove();
}

#[wasm_bindgen_test]
async fn a_frame_with_a_plane_of_luma_is_not_drawn() {
    let (video, window) = (video(), web_sys::window().unwrap());
    replace_camera(&planes(640, 480));
    let camera = open(CameraChoice::Facing(Facing::Front), &video).await.unwrap();
    restore();
    for luminance in measured(&video, 2).await {
        assert!((luminance.mean - 0.5).abs() < 0.01, "{luminance:?}");
        assert!((luminance.variance - 0.25).abs() < 0.01, "{luminance:?}");
    }
    // A browser without frames draws it, and sees the impossible colours.
    replace(&window, "VideoFrame", &JsValue::UNDEFINED);
    for luminance in measured(&video, 2).await {
        assert!(luminance.variance < 0.2, "{luminance:?}");
    }
    restore();
    drop(camera);
    video.remove();
}
