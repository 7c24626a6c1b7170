//! Notices that the camera sends no new frames ([`FreezeWatch`]).

use std::cell::{Cell, RefCell};

use web_sys::HtmlVideoElement;

use super::media::Frames;
use crate::flow::limits::FROZEN_SECONDS;

/// Watches a video's frames until it is dropped.
#[derive(Debug)]
#[must_use = "watching stops when this is dropped"]
pub struct FreezeWatch {
    _frames: Frames,
}

impl FreezeWatch {
    /// Starts to watch. `tell` receives true when the camera freezes, and false when it sends frames again.
    pub fn start(video: &HtmlVideoElement, tell: impl Fn(bool) + 'static) -> Self {
        let frozen = Cell::new(false);
        let stillness = RefCell::new(Stillness::default());
        let frames = Frames::new(video, move |muted, time, frames| {
            // Without numbers, the browser has just muted or unmuted the camera.
            let still = if time.is_nan() { 0 } else { stillness.borrow_mut().seconds(time, frames) };
            let now = muted || still >= FROZEN_SECONDS;
            if (now || still == 0) && frozen.replace(now) != now {
                tell(now);
            }
        });
        Self { _frames: frames }
    }
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
