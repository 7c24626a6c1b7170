//! Notices that the camera sends no new frames ([`FreezeWatch`]).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::{Function, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrack};

use super::play;
use crate::flow::limits::FROZEN_SECONDS;

/// Watches a video's frames until it is dropped.
#[derive(Debug)]
#[must_use = "watching stops when this is dropped"]
pub struct FreezeWatch {
    _interval: Interval,
    _listeners: [EventListener; 2],
}

impl FreezeWatch {
    /// Starts to watch. `tell` receives true when the camera freezes, and false when it sends frames again. Returns
    /// `None` if the video shows no camera.
    pub fn start(video: HtmlVideoElement, tell: impl Fn(bool) + 'static) -> Option<Self> {
        let stream: MediaStream = video.src_object()?;
        let track: MediaStreamTrack = stream.get_video_tracks().get(0).dyn_into().ok()?;
        let frozen = Cell::new(false);
        let tell = Rc::new(move |now: bool| {
            if frozen.replace(now) != now {
                tell(now);
            }
        });
        // Browsers mute the track while a call or another program has the camera.
        let listeners = [("mute", true), ("unmute", false)].map(|(name, now)| {
            let tell = Rc::clone(&tell);
            EventListener::new(&track, name, move |_| tell(now))
        });
        let stillness = RefCell::new(Stillness::default());
        let interval = Interval::new(1000, move || {
            if video.paused() {
                // The browser refused to play it. It may allow that later.
                play(&video, &Rc::default());
            }
            let still = stillness.borrow_mut().seconds(video.current_time(), frames(&video));
            if track.muted() || still >= FROZEN_SECONDS {
                tell(true);
            } else if still == 0 {
                tell(false);
            }
        });
        Some(Self { _interval: interval, _listeners: listeners })
    }
}

/// Returns the number of frames so far; 0 if the browser does not count them.
fn frames(video: &HtmlVideoElement) -> f64 {
    let count = || -> Option<f64> {
        let quality: Function = Reflect::get(video, &"getVideoPlaybackQuality".into()).ok()?.dyn_into().ok()?;
        Reflect::get(&quality.call0(video).ok()?, &"totalVideoFrames".into()).ok()?.as_f64()
    };
    count().unwrap_or_default()
}

/// Counts the seconds without a new frame.
#[derive(Debug, Default)]
struct Stillness {
    last: Option<(f64, f64)>,
    seconds: u32,
}

impl Stillness {
    /// Call it once a second. Either number may stand still in some browsers, so a change of one is a new frame.
    fn seconds(&mut self, time: f64, frames: f64) -> u32 {
        let moved = self.last.replace((time, frames)) != Some((time, frames));
        self.seconds = if moved { 0 } else { self.seconds.saturating_add(1) };
        self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_without_a_new_frame_are_counted() {
        let mut stillness = Stillness::default();
        for (time, frames, seconds) in [
            (0.5, 9.0, 0),
            (1.5, 20.0, 0),
            (1.5, 20.0, 1),
            (1.5, 20.0, 2),
            (1.5, 20.0, 3),
            (1.5, 21.0, 0),
            (2.5, 21.0, 0),
            (2.5, 21.0, 1),
        ] {
            assert_eq!(stillness.seconds(time, frames), seconds, "{time} s, {frames} frames");
        }
    }
}
