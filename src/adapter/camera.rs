//! The camera: asks the browser for it, shows it, and turns it off ([`Camera`]).

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    HtmlMediaElement, HtmlVideoElement, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, MediaStreamTrackState, PermissionState, PermissionStatus, Window,
};

use super::camera_choice::{Ask, faces_away, ladder, next_device};
use super::camera_error::{Permission, absent, code, may_be_relaxed};
use super::promise::settled;
use crate::flow::{CameraChoice, CameraInfo, ErrorCode};

/// The size that is wished for: enough for the vendor, and one that nearly every camera has.
const IDEAL_WIDTH: u32 = 1280;
const IDEAL_HEIGHT: u32 = 960;
/// How often the video is looked at until it has a frame. No one event says so in every browser: Safari sends
/// `loadeddata` before the size is known.
const POLL_MS: u32 = 30;
/// A camera that shows nothing for so long is taken for broken.
const FIRST_FRAME_MS: u32 = 10_000;

/// A running camera, shown in a video. Dropping it turns the camera off and empties the video.
#[derive(Debug)]
#[must_use = "the camera is turned off when this is dropped"]
pub struct Camera {
    shown: Shown,
    track: MediaStreamTrack,
    info: CameraInfo,
    _listeners: Vec<EventListener>,
    _watch: Rc<Watch>,
}

impl Camera {
    /// Opens a camera and shows it in the video; done when the video plays and has a frame. `last_device` is the
    /// [`device_id`](Self::device_id) of the camera before, for [`CameraChoice::Next`]. `on_ended` is called once if the
    /// camera stops by itself. The future may be dropped at any time: a stream that comes later is stopped at once.
    ///
    /// # Errors
    /// The code of what the browser said.
    pub async fn open(
        choice: CameraChoice,
        last_device: Option<String>,
        video: HtmlVideoElement,
        on_ended: impl Fn() + 'static,
    ) -> Result<Self, ErrorCode> {
        let window = web_sys::window().ok_or(ErrorCode::CameraUnsupported)?;
        if is_blocked(&window) {
            return Err(ErrorCode::CameraBlocked);
        }
        let devices = media_devices(&window).ok_or_else(|| absent(window.is_secure_context()))?;
        let next = match choice {
            CameraChoice::Next => next_device(&camera_ids(&devices).await, last_device.as_deref()),
            CameraChoice::Front | CameraChoice::Back => None,
        };
        let stream = ask(&window, &devices, ladder(choice, next)).await?;
        let track: MediaStreamTrack =
            stream.0.get_video_tracks().get(0).dyn_into().map_err(|_| ErrorCode::CameraFailed)?;
        let shown = Shown::new(stream, video);
        first_frame(&shown, &track).await?;
        let cameras = u8::try_from(camera_ids(&devices).await.len()).unwrap_or(u8::MAX).max(1);
        if track.ready_state() == MediaStreamTrackState::Ended {
            return Err(ErrorCode::CameraEnded);
        }
        let facing = track.get_settings().get_facing_mode();
        let info = CameraInfo { mirrored: !faces_away(facing.as_deref(), &track.label()), cameras };
        let watch = Rc::new(Watch { ended: Cell::new(false), on_ended: Box::new(on_ended) });
        let listeners = listen(&watch, &shown.video, &track, &devices);
        Ok(Self { shown, track, info, _listeners: listeners, _watch: watch })
    }

    /// What is known of the camera.
    #[must_use]
    pub fn info(&self) -> CameraInfo {
        self.info
    }

    /// The browser's id of the device, where it tells one.
    #[must_use]
    pub fn device_id(&self) -> Option<String> {
        device_id(&self.track)
    }

    /// The stream that is shown.
    #[must_use]
    pub fn stream(&self) -> &MediaStream {
        &self.shown.stream.0
    }
}

/// A stream whose tracks stop when it is dropped.
#[derive(Debug)]
struct Live(MediaStream);

impl Drop for Live {
    fn drop(&mut self) {
        for track in self.0.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

/// A stream in a video; taken out again on drop, unless another has taken its place.
#[derive(Debug)]
struct Shown {
    stream: Live,
    video: HtmlVideoElement,
}

impl Shown {
    fn new(stream: Live, video: HtmlVideoElement) -> Self {
        video.set_src_object(Some(&stream.0));
        Self { stream, video }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if self.video.src_object().as_ref() == Some(&self.stream.0) {
            self.video.set_src_object(None);
        }
    }
}

/// Tells of the camera's end, once.
struct Watch {
    ended: Cell<bool>,
    on_ended: Box<dyn Fn()>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl Watch {
    fn end(&self) {
        if !self.ended.replace(true) {
            (self.on_ended)();
        }
    }
}

/// The browser's camera API, if it has one. Read by hand: where there is none, web-sys would give `undefined`.
fn media_devices(window: &Window) -> Option<MediaDevices> {
    let devices = Reflect::get(&window.navigator(), &"mediaDevices".into()).ok()?;
    let usable = devices.is_object() && Reflect::get(&devices, &"getUserMedia".into()).ok()?.is_function();
    usable.then(|| devices.unchecked_into())
}

/// Whether the page's Permissions-Policy forbids the camera, where the browser (Chromium) tells.
fn is_blocked(window: &Window) -> bool {
    let allows = || -> Option<bool> {
        let document = window.document()?;
        let policy = ["permissionsPolicy", "featurePolicy"]
            .into_iter()
            .filter_map(|name| Reflect::get(&document, &name.into()).ok())
            .find(JsValue::is_object)?;
        let allows: js_sys::Function = Reflect::get(&policy, &"allowsFeature".into()).ok()?.dyn_into().ok()?;
        allows.call1(&policy, &"camera".into()).ok()?.as_bool()
    };
    allows() == Some(false)
}

/// The ids of all cameras; empty texts before the person has agreed.
async fn camera_ids(devices: &MediaDevices) -> Vec<String> {
    let list: Array = settled(devices.enumerate_devices()).await.unwrap_or_default();
    list.iter()
        .map(JsCast::unchecked_into::<MediaDeviceInfo>)
        .filter(|device| device.kind() == MediaDeviceKind::Videoinput)
        .map(|device| device.device_id())
        .collect()
}

fn device_id(track: &MediaStreamTrack) -> Option<String> {
    track.get_settings().get_device_id().filter(|id| !id.is_empty())
}

/// Asks for one camera after the other until one is given.
async fn ask(window: &Window, devices: &MediaDevices, asks: Vec<Ask>) -> Result<Live, ErrorCode> {
    let mut name = String::new();
    for ask in asks {
        match user_media(devices, &ask).await {
            Ok(stream) => return Ok(stream),
            Err(error) => name = error_name(&error),
        }
        if !may_be_relaxed(&name) {
            break;
        }
    }
    Err(code(&name, permission(window).await, window.is_secure_context()))
}

/// One call of `getUserMedia`. It can't be cancelled: so a task of its own waits for the stream, and stops it if nobody
/// wants it any more.
async fn user_media(devices: &MediaDevices, ask: &Ask) -> Result<Live, JsValue> {
    let promise = devices.get_user_media_with_constraints(&constraints(ask)?);
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        let answer = settled(promise).await.map(Live);
        // An answer that can't be sent is dropped, and the stream is stopped by that.
        drop(sender.send(answer));
    });
    receiver.await.map_err(|_| JsValue::UNDEFINED)?
}

fn constraints(ask: &Ask) -> Result<MediaStreamConstraints, JsValue> {
    let wish = |kind: &str, value: JsValue| -> Result<JsValue, JsValue> {
        let wish = Object::new();
        Reflect::set(&wish, &kind.into(), &value)?;
        Ok(wish.into())
    };
    let video = Object::new();
    let mut bare = true;
    let mut add = |name: &str, value: JsValue| -> Result<(), JsValue> {
        bare = false;
        Reflect::set(&video, &name.into(), &value).map(|_| ())
    };
    if let Some(id) = &ask.device {
        add("deviceId", wish("exact", id.into())?)?;
    }
    if let Some(facing) = ask.facing {
        add("facingMode", wish("ideal", facing.into())?)?;
    }
    if ask.sized {
        add("width", wish("ideal", IDEAL_WIDTH.into())?)?;
        add("height", wish("ideal", IDEAL_HEIGHT.into())?)?;
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_bool(false);
    constraints.set_video(&if bare { JsValue::TRUE } else { video.into() });
    Ok(constraints)
}

/// The name of an exception; empty if it has none. `OverconstrainedError` is no `DOMException` in every browser.
fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// What the list of permissions says, where the browser has one that knows cameras.
async fn permission(window: &Window) -> Permission {
    let query = async || -> Result<PermissionState, JsValue> {
        let permissions = window.navigator().permissions()?;
        let camera = Object::new();
        Reflect::set(&camera, &"name".into(), &"camera".into())?;
        Ok(settled::<PermissionStatus>(permissions.query(&camera)).await?.state())
    };
    match query().await {
        Ok(PermissionState::Prompt) => Permission::Prompt,
        Ok(_) => Permission::Decided,
        Err(_) => Permission::Unknown,
    }
}

/// Plays the video until it has a frame.
async fn first_frame(shown: &Shown, track: &MediaStreamTrack) -> Result<(), ErrorCode> {
    let video = &shown.video;
    let refused = Rc::new(Cell::new(false));
    play(video, &refused);
    for _ in 0..FIRST_FRAME_MS / POLL_MS {
        let has_frame = video.ready_state() >= HtmlMediaElement::HAVE_CURRENT_DATA && video.video_width() > 0;
        if has_frame && !video.paused() {
            return Ok(());
        }
        if track.ready_state() == MediaStreamTrackState::Ended {
            return Err(ErrorCode::CameraEnded);
        }
        if refused.get() {
            return Err(ErrorCode::CameraFailed);
        }
        if video.paused() {
            play(video, &refused);
        }
        TimeoutFuture::new(POLL_MS).await;
    }
    // A muted track is one whose device sends nothing: another program has it, or the system keeps it.
    Err(if track.muted() { ErrorCode::CameraInUse } else { ErrorCode::CameraFailed })
}

/// Plays the video. `refused` tells of a refusal other than `AbortError`: that one only says that the element was moved
/// or given another stream meanwhile.
fn play(video: &HtmlVideoElement, refused: &Rc<Cell<bool>>) {
    let (promise, refused) = (video.play(), Rc::clone(refused));
    spawn_local(async move {
        if let Err(error) = settled::<JsValue>(promise).await {
            refused.set(error_name(&error) != "AbortError");
        }
    });
}

/// Watches for the camera's end, and keeps the video playing: browsers pause it when it is moved in the document and
/// when a call comes in.
fn listen(
    watch: &Rc<Watch>,
    video: &HtmlVideoElement,
    track: &MediaStreamTrack,
    devices: &MediaDevices,
) -> Vec<EventListener> {
    let ended = {
        let watch = Rc::downgrade(watch);
        EventListener::new(track, "ended", move |_| {
            if let Some(watch) = watch.upgrade() {
                watch.end();
            }
        })
    };
    // Some drivers leave the track alive, and still, when the device is unplugged.
    let unplugged = {
        let (watch, track, own) = (Rc::downgrade(watch), track.clone(), devices.clone());
        EventListener::new(devices, "devicechange", move |_| {
            let (watch, track, devices) = (watch.clone(), track.clone(), own.clone());
            spawn_local(async move {
                let ids = camera_ids(&devices).await;
                let gone = device_id(&track).is_some_and(|id| !ids.contains(&id));
                if let Some(watch) = watch.upgrade().filter(|_| gone) {
                    watch.end();
                }
            });
        })
    };
    let paused = {
        let own = video.clone();
        EventListener::new(video, "pause", move |_| play(&own, &Rc::default()))
    };
    vec![ended, unplugged, paused]
}
