//! The camera: asks the browser for it, shows it, and turns it off ([`Camera`]).

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlMediaElement, HtmlVideoElement, MediaDevices, MediaStreamTrack, MediaStreamTrackState, Window};

pub use self::choice::Device;
use self::choice::{CameraRequest, exactly, faces_away, is_gone, next_device, others, requests};
use self::error::{absent, may_work_with_another, play_failed, play_needs_tap, without_frame};
pub use self::freeze::FreezeWatch;
use self::user_media::{OwnedStream, camera_ids, error_name, is_blocked, media_devices, open_first};
use super::js::settled;
use crate::flow::{CameraChoice, CameraInfo, ErrorCode};

mod choice;
mod error;
mod freeze;
pub mod preview;
mod user_media;

/// The interval for checking whether the video has a frame and a size. Browsers differ in which event comes with both.
const POLL_MS: u32 = 30;
/// A camera without a frame after this time counts as broken.
const FIRST_FRAME_MS: f64 = 10_000.0;

/// A running camera, shown in a video. Dropping it turns the camera off and empties the video.
#[derive(Debug)]
#[must_use = "the camera is turned off when this is dropped"]
pub struct Camera {
    _stream: AttachedStream,
    track: MediaStreamTrack,
    info: CameraInfo,
    _listeners: Vec<EventListener>,
    _end: Rc<EndNotifier>,
}

impl Camera {
    /// Opens a camera and shows it in the video. Completes when the video plays and has a frame. `last_device` is the
    /// [`device_id`](Self::device_id) of the previous camera, for [`CameraChoice::Next`] and [`CameraChoice::Last`], or
    /// the page's own for [`CameraChoice::Named`]. The future may be dropped at any time: a stream that arrives later is
    /// stopped at once.
    ///
    /// - `on_ended` is called once if the camera stops by itself.
    /// - `on_tap_needed` is called once if the browser shows the camera only after a tap: the future then waits for one.
    /// - `on_listed` is called once with the browser's list of cameras, and for [`CameraChoice::Next`] with the id of the
    ///   requested camera.
    ///
    /// # Errors
    /// The code for the browser's failure.
    pub async fn open(
        choice: CameraChoice,
        last_device: Option<String>,
        video: HtmlVideoElement,
        on_ended: impl Fn() + 'static,
        on_tap_needed: impl Fn(),
        on_listed: impl FnOnce(Vec<Device>, Option<String>),
    ) -> Result<Self, ErrorCode> {
        let window = web_sys::window().ok_or(ErrorCode::CameraUnsupported)?;
        if is_blocked(&window) {
            return Err(ErrorCode::CameraBlocked);
        }
        let devices = media_devices(&window).ok_or_else(|| absent(window.is_secure_context()))?;
        let next = match choice {
            CameraChoice::Next => next_device(&camera_ids(&devices).await.unwrap_or_default(), last_device.as_deref()),
            CameraChoice::Last | CameraChoice::Named(_) => last_device,
            CameraChoice::Facing(_) => None,
        };
        let tried = next.clone().filter(|_| choice == CameraChoice::Next);
        let mut wanted = requests(choice, next);
        let mut on_listed = Some(on_listed);
        let (mut cameras, mut rest, mut failure) = (Vec::new(), None, None);
        let (attached, track) = loop {
            let shown = show(&window, &devices, wanted, &video, &on_tap_needed).await;
            let is_first = rest.is_none();
            if is_first {
                cameras = self::user_media::cameras(&devices).await.unwrap_or_default();
            }
            if let Some(on_listed) = on_listed.take() {
                on_listed(cameras.clone(), tried.clone());
            }
            let rest = rest.get_or_insert_with(|| {
                let others = match &shown {
                    // The person or the page chose this one.
                    Ok(_) if !matches!(choice, CameraChoice::Facing(_)) => Vec::new(),
                    Ok((_, track)) => {
                        let opened = Device { id: device_id(track).unwrap_or_default(), label: track.label() };
                        others(&cameras, Some(&opened), choice)
                    }
                    Err(error) if may_work_with_another(*error) => others(&cameras, None, choice),
                    Err(_) => Vec::new(),
                };
                others.into_iter()
            });
            let id = match (shown, rest.next()) {
                (Ok(_), Some(id)) if is_first => id,
                (Ok(shown), _) => break shown,
                (Err(error), next) => next.ok_or(*failure.get_or_insert(error))?,
            };
            // A device may give only one camera at a time, so the one before is closed by now.
            wanted = exactly(id);
        };
        let cameras = u8::try_from(cameras.len()).unwrap_or(u8::MAX).max(1);
        if track.ready_state() == MediaStreamTrackState::Ended {
            return Err(ErrorCode::CameraEnded);
        }
        let facing = track.get_settings().get_facing_mode();
        let info = CameraInfo { mirrored: !faces_away(facing.as_deref(), &track.label()), cameras };
        let end_notifier = Rc::new(EndNotifier { ended: Cell::new(false), on_ended: Box::new(on_ended) });
        let listeners = listen(&end_notifier, &attached.video, &track, &devices);
        Ok(Self { _stream: attached, track, info, _listeners: listeners, _end: end_notifier })
    }

    /// Returns the camera's properties.
    #[must_use]
    pub fn info(&self) -> CameraInfo {
        self.info
    }

    /// Returns the browser's id of the device, if it reports one.
    #[must_use]
    pub fn device_id(&self) -> Option<String> {
        device_id(&self.track)
    }
}

/// Opens a camera and shows it until there is a frame.
async fn show(
    window: &Window,
    devices: &MediaDevices,
    requests: Vec<CameraRequest>,
    video: &HtmlVideoElement,
    on_tap_needed: &impl Fn(),
) -> Result<(AttachedStream, MediaStreamTrack), ErrorCode> {
    let stream = open_first(window, devices, requests).await?;
    let track: MediaStreamTrack = stream.0.get_video_tracks().get(0).dyn_into().map_err(|_| ErrorCode::CameraFailed)?;
    let attached = AttachedStream::new(stream, video.clone());
    first_frame(&attached, &track, on_tap_needed).await?;
    Ok((attached, track))
}

/// A stream shown in a video. Dropping it removes the stream, unless another one has replaced it.
#[derive(Debug)]
struct AttachedStream {
    stream: OwnedStream,
    video: HtmlVideoElement,
}

impl AttachedStream {
    fn new(stream: OwnedStream, video: HtmlVideoElement) -> Self {
        video.set_src_object(Some(&stream.0));
        Self { stream, video }
    }
}

impl Drop for AttachedStream {
    fn drop(&mut self) {
        if self.video.src_object().as_ref() == Some(&self.stream.0) {
            self.video.set_src_object(None);
        }
    }
}

/// Reports the camera's end once.
struct EndNotifier {
    ended: Cell<bool>,
    on_ended: Box<dyn Fn()>,
}

impl std::fmt::Debug for EndNotifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndNotifier").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl EndNotifier {
    fn end(&self) {
        if !self.ended.replace(true) {
            (self.on_ended)();
        }
    }
}

fn device_id(track: &MediaStreamTrack) -> Option<String> {
    track.get_settings().get_device_id().filter(|id| !id.is_empty())
}

/// Why a video does not play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Refusal {
    /// It plays, or will.
    #[default]
    None,
    /// The browser waits for a tap.
    NeedsTap,
    /// The browser can't play it.
    Failed,
}

/// Plays the video until it has a frame.
async fn first_frame(
    attached: &AttachedStream,
    track: &MediaStreamTrack,
    on_tap_needed: impl Fn(),
) -> Result<(), ErrorCode> {
    let video = &attached.video;
    let refused = Rc::new(Cell::new(Refusal::None));
    let mut tap = None;
    play(video, &refused);
    // Measured by the clock, because timers of a hidden page run a second apart.
    let mut begun = js_sys::Date::now();
    while js_sys::Date::now() - begun < FIRST_FRAME_MS {
        let has_frame = video.ready_state() >= HtmlMediaElement::HAVE_CURRENT_DATA && video.video_width() > 0;
        if has_frame && !video.paused() {
            return Ok(());
        }
        if track.ready_state() == MediaStreamTrackState::Ended {
            return Err(ErrorCode::CameraEnded);
        }
        match refused.get() {
            Refusal::Failed => return Err(ErrorCode::CameraFailed),
            Refusal::NeedsTap => {
                if tap.is_none() {
                    tap = play_on_tap(video, &refused);
                    on_tap_needed();
                }
                // The person has as much time as for the browser's question. The flow ends it.
                begun = js_sys::Date::now();
            }
            Refusal::None if video.paused() => play(video, &refused),
            Refusal::None => {}
        }
        TimeoutFuture::new(POLL_MS).await;
    }
    Err(without_frame(track.muted()))
}

/// Plays the video. Sets `refused` to the browser's answer.
fn play(video: &HtmlVideoElement, refused: &Rc<Cell<Refusal>>) {
    let (promise, refused) = (video.play(), Rc::clone(refused));
    spawn_local(async move {
        refused.set(match settled::<JsValue>(promise).await.map_err(|error| error_name(&error)) {
            Err(name) if play_needs_tap(&name) => Refusal::NeedsTap,
            Err(name) if play_failed(&name) => Refusal::Failed,
            _ => Refusal::None,
        });
    });
}

/// Plays the video with the next tap or key. Only a call within the tap's own event counts for Safari.
fn play_on_tap(video: &HtmlVideoElement, refused: &Rc<Cell<Refusal>>) -> Option<EventListener> {
    let (video, refused) = (video.clone(), Rc::clone(refused));
    let document = web_sys::window()?.document()?;
    Some(EventListener::new(&document, "click", move |_| play(&video, &refused)))
}

/// Listens for the camera's end, and keeps the video playing: browsers pause it when it is moved in the document and
/// when a call comes in.
fn listen(
    end_notifier: &Rc<EndNotifier>,
    video: &HtmlVideoElement,
    track: &MediaStreamTrack,
    devices: &MediaDevices,
) -> Vec<EventListener> {
    let ended = {
        let end_notifier = Rc::downgrade(end_notifier);
        EventListener::new(track, "ended", move |_| {
            if let Some(end_notifier) = end_notifier.upgrade() {
                end_notifier.end();
            }
        })
    };
    // With some drivers the track stays live, without frames, after the device is unplugged.
    let unplugged = {
        let (end_notifier, own, device) = (Rc::downgrade(end_notifier), devices.clone(), device_id(track));
        EventListener::new(devices, "devicechange", move |_| {
            let (end_notifier, devices, device) = (end_notifier.clone(), own.clone(), device.clone());
            spawn_local(async move {
                let ids = camera_ids(&devices).await;
                let gone = device.zip(ids).is_some_and(|(device, ids)| is_gone(&ids, &device));
                if let Some(end_notifier) = end_notifier.upgrade().filter(|_| gone) {
                    end_notifier.end();
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
