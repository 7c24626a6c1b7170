//! The browser calls before a camera is shown: permission, list of devices, and the stream itself ([`OwnedStream`]).

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack,
    PermissionState, PermissionStatus, Window,
};

use super::choice::{CameraRequest, Device};
use super::error::{Permission, code, is_busy, may_be_relaxed};
use crate::adapter::js::{in_time, settled};
use crate::flow::ErrorCode;

/// The preferred size: enough for the vendor, and supported by nearly every camera.
const IDEAL_WIDTH: u32 = 1280;
const IDEAL_HEIGHT: u32 = 960;

/// The pauses before a busy camera is asked again.
const BUSY_MS: [u32; 2] = [250, 500];

/// The limit for questions whose answer only helps. Some browsers never answer them.
const HELPFUL_MS: u32 = 1_000;

/// A stream whose tracks stop on drop. Never clone it: `clone` of a stream or a track is JavaScript's method, and the
/// copy keeps the device on.
#[derive(Debug)]
pub(super) struct OwnedStream(pub(super) MediaStream);

impl Drop for OwnedStream {
    fn drop(&mut self) {
        for track in self.0.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

/// Returns the browser's camera API, if it has one. Read with `Reflect`, because web-sys would return `undefined`
/// without it.
pub(super) fn media_devices(window: &Window) -> Option<MediaDevices> {
    let devices = Reflect::get(&window.navigator(), &"mediaDevices".into()).ok()?;
    let usable = devices.is_object() && Reflect::get(&devices, &"getUserMedia".into()).ok()?.is_function();
    usable.then(|| devices.unchecked_into())
}

/// Whether the page's Permissions-Policy forbids the camera, if the browser (Chromium) reports it.
pub(super) fn is_blocked(window: &Window) -> bool {
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

/// Returns the ids of all cameras; they are empty until the person allows the camera. Returns `None` if the browser
/// does not list devices, or not in time.
pub(super) async fn camera_ids(devices: &MediaDevices) -> Option<Vec<String>> {
    Some(cameras(devices).await?.into_iter().map(|camera| camera.id).collect())
}

/// Returns all cameras, as [`camera_ids`] does.
pub(super) async fn cameras(devices: &MediaDevices) -> Option<Vec<Device>> {
    let list: Array = in_time(settled(devices.enumerate_devices()), HELPFUL_MS).await?.ok()?;
    let cameras = list
        .iter()
        .map(JsCast::unchecked_into::<MediaDeviceInfo>)
        .filter(|device| device.kind() == MediaDeviceKind::Videoinput);
    Some(cameras.map(|device| Device { id: device.device_id(), label: device.label() }).collect())
}

/// Tries one request after the other until the browser returns a camera. Asks a busy camera again, without a size: some
/// drivers need a moment, or can't do every size.
pub(super) async fn open_first(
    window: &Window,
    devices: &MediaDevices,
    requests: Vec<CameraRequest>,
) -> Result<OwnedStream, ErrorCode> {
    let mut name = String::new();
    let (mut requests, mut pauses) = (requests.into_iter(), BUSY_MS.into_iter());
    let mut next = requests.next();
    while let Some(request) = next {
        match user_media(devices, &request).await {
            Ok(stream) => return Ok(stream),
            Err(error) => name = error_name(&error),
        }
        next = if may_be_relaxed(&name) {
            requests.next()
        } else if let Some(pause) = pauses.next().filter(|_| is_busy(&name)) {
            TimeoutFuture::new(pause).await;
            Some(CameraRequest { sized: false, ..request })
        } else {
            None
        };
    }
    let withheld = cameras(devices).await.is_some_and(|cameras| cameras.is_empty());
    Err(code(&name, permission(window).await, window.is_secure_context(), withheld))
}

/// Calls `getUserMedia` once. The call can't be cancelled, so a separate task waits for the stream and stops it if it
/// is not wanted any more.
async fn user_media(devices: &MediaDevices, request: &CameraRequest) -> Result<OwnedStream, JsValue> {
    let promise = devices.get_user_media_with_constraints(&constraints(request)?);
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        let answer = settled(promise).await.map(OwnedStream);
        // If nobody waits, the answer is dropped, which stops the stream.
        drop(sender.send(answer));
    });
    receiver.await.map_err(|_| JsValue::UNDEFINED)?
}

fn constraints(request: &CameraRequest) -> Result<MediaStreamConstraints, JsValue> {
    let constraint = |kind: &str, value: JsValue| -> Result<JsValue, JsValue> {
        let constraint = Object::new();
        Reflect::set(&constraint, &kind.into(), &value)?;
        Ok(constraint.into())
    };
    let video = Object::new();
    let mut bare = true;
    let mut add = |name: &str, value: JsValue| -> Result<(), JsValue> {
        bare = false;
        Reflect::set(&video, &name.into(), &value).map(|_| ())
    };
    if let Some(id) = &request.device {
        add("deviceId", constraint("exact", id.into())?)?;
    }
    if let Some(facing) = request.facing {
        add("facingMode", constraint("ideal", facing.into())?)?;
    }
    if request.sized {
        add("width", constraint("ideal", IDEAL_WIDTH.into())?)?;
        add("height", constraint("ideal", IDEAL_HEIGHT.into())?)?;
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_bool(false);
    constraints.set_video(&if bare { JsValue::TRUE } else { video.into() });
    Ok(constraints)
}

/// Returns the name of an exception; empty if it has none. Not every browser makes `OverconstrainedError` a
/// `DOMException`.
pub(super) fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// Asks the permissions API, if the browser has one that knows cameras.
async fn permission(window: &Window) -> Permission {
    let query = async || -> Result<PermissionState, JsValue> {
        let permissions = window.navigator().permissions()?;
        let camera = Object::new();
        Reflect::set(&camera, &"name".into(), &"camera".into())?;
        Ok(settled::<PermissionStatus>(permissions.query(&camera)).await?.state())
    };
    match in_time(query(), HELPFUL_MS).await {
        Some(Ok(PermissionState::Prompt)) => Permission::Prompt,
        Some(Ok(PermissionState::Granted)) => Permission::Granted,
        Some(Ok(_)) => Permission::Denied,
        Some(Err(_)) | None => Permission::Unknown,
    }
}
