//! The camera: asks the browser for it, shows it, and turns it off ([`Camera`]).

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use web_sys::HtmlVideoElement;

pub use self::choice::Device;
use self::choice::{CameraRequest, exactly, faces_away, judge, next_device, others, requests};
use self::error::{absent, code, is_busy, may_be_relaxed, may_work_with_another};
pub use self::freeze::FreezeWatch;
use self::media::{Media, cameras, is_absent, is_blocked, permission};
use crate::flow::{CameraChoice, CameraInfo, ErrorCode};

mod choice;
mod error;
mod freeze;
mod media;
pub mod preview;

/// The pauses before a busy camera is asked again.
const BUSY_MS: [u32; 2] = [250, 500];

/// A running camera, shown in a video. Dropping it turns the camera off and empties the video.
#[derive(Debug)]
#[must_use = "the camera is turned off when this is dropped"]
pub struct Camera {
    media: Media,
    info: CameraInfo,
}

impl Camera {
    /// Opens a camera and shows it in the video. Completes when the video plays and has a frame. `last_device` is the
    /// [`device_id`](Self::device_id) of the previous camera, for [`CameraChoice::Next`] and [`CameraChoice::Last`], or
    /// the page's own for [`CameraChoice::Named`]. The future may be dropped at any time: a stream that arrives later is
    /// stopped at once.
    ///
    /// - `tell` is called once with true if the camera stops by itself. It is called once with false if the browser shows the
    ///   camera only after a tap: the future then waits for one.
    /// - `on_listed` is called once with the browser's list of cameras, and for [`CameraChoice::Next`] with the id of the
    ///   requested camera.
    ///
    /// # Errors
    /// The code for the browser's failure.
    pub async fn open(
        choice: CameraChoice,
        last_device: Option<String>,
        video: HtmlVideoElement,
        tell: impl Fn(bool) + 'static,
        on_listed: impl FnOnce(Vec<Device>, Option<String>),
    ) -> Result<Self, ErrorCode> {
        if is_blocked() {
            return Err(ErrorCode::CameraBlocked);
        }
        let secure = web_sys::window().is_some_and(|window| window.is_secure_context());
        if is_absent() {
            return Err(absent(secure));
        }
        let next = match choice {
            CameraChoice::Next => next_device(&cameras().await.unwrap_or_default(), last_device.as_deref()),
            CameraChoice::Last | CameraChoice::Named(_) => last_device,
            CameraChoice::Facing(_) => None,
        };
        let tried = next.clone().filter(|_| choice == CameraChoice::Next);
        let mut wanted = requests(choice, next);
        let tell = Rc::new(tell);
        let mut on_listed = Some(on_listed);
        let (mut listed, mut rest, mut failure) = (Vec::new(), None, None);
        let media = loop {
            let shown = show(wanted, secure, &video, &tell).await;
            let is_first = rest.is_none();
            if is_first {
                listed = cameras().await.unwrap_or_default();
            }
            if let Some(on_listed) = on_listed.take() {
                on_listed(listed.clone(), tried.clone());
            }
            let rest = rest.get_or_insert_with(|| {
                let others = match &shown {
                    // The person or the page chose this one.
                    Ok(_) if !matches!(choice, CameraChoice::Facing(_)) => Vec::new(),
                    Ok(media) => others(&listed, Some(&media.device()), choice),
                    Err(error) if may_work_with_another(*error) => others(&listed, None, choice),
                    Err(_) => Vec::new(),
                };
                others.into_iter()
            });
            let id = match (shown, rest.next()) {
                (Ok(_), Some(id)) if is_first => id,
                (Ok(media), _) => break media,
                (Err(error), next) => next.ok_or(*failure.get_or_insert(error))?,
            };
            // A device may give only one camera at a time, so the one before is closed by now.
            wanted = exactly(id);
        };
        if media.has_ended() {
            return Err(ErrorCode::CameraEnded);
        }
        let cameras = u8::try_from(listed.len()).unwrap_or(u8::MAX).max(1);
        let (facing, label) = (media.facing(), media.device().label);
        let (kind, poor) = judge(&facing, &label, (video.video_width(), video.video_height()));
        let info = CameraInfo { mirrored: !faces_away(Some(&facing), &label), kind, poor, cameras };
        media.watch();
        Ok(Self { media, info })
    }

    /// Returns the camera's properties.
    #[must_use]
    pub fn info(&self) -> CameraInfo {
        self.info
    }

    /// Returns the browser's id of the device, if it reports one.
    #[must_use]
    pub fn device_id(&self) -> Option<String> {
        Some(self.media.device().id).filter(|id| !id.is_empty())
    }
}

/// Tries one request after the other until the browser returns a camera, and shows it until there is a frame. Asks a busy
/// camera again, without a size: some drivers need a moment, or can't do every size.
async fn show(
    requests: Vec<CameraRequest>,
    secure: bool,
    video: &HtmlVideoElement,
    tell: &Rc<impl Fn(bool) + 'static>,
) -> Result<Media, ErrorCode> {
    let media = Media::new(video, {
        let tell = Rc::clone(tell);
        move |ended| tell(ended)
    });
    let mut name = String::new();
    let (mut requests, mut pauses) = (requests.into_iter(), BUSY_MS.into_iter());
    let mut next = requests.next();
    while let Some(request) = next {
        match media.ask(&request).await {
            Ok(()) => return media.show().await.map(|()| media),
            Err(error) => name = error,
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
    let withheld = cameras().await.is_some_and(|cameras| cameras.is_empty());
    Err(code(&name, permission().await, secure, withheld))
}
