//! The automatic photo: when the countdown starts, counts and stops.
//!
//! It starts if the checks pass and the challenge is over, or after [`limits::AUTO_CAPTURE`] if frames can't be analysed.
//! It stops if the face no longer fits, if the person chooses a file, or if the page sets `capture="manual"`.

use crate::guidance::Hint;

use super::effect::{Announcement, PhotoSource};
use super::limits;
use super::screen::{Prompt, Screen};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Starts the countdown, or takes the photo at once without one, if this is the moment for it.
    pub(super) fn capture_if_ready(&mut self) {
        if self.is_automatic() && self.is_ready() && self.challenge_is_over() {
            if self.config.countdown { self.count(limits::COUNTDOWN_FROM) } else { self.grab(PhotoSource::Burst) }
        }
    }

    /// Whether this is a moment for the photo.
    pub(super) fn is_ready(&self) -> bool {
        self.state.framing.guide.ready() && !self.state.framing.choosing
    }

    pub(super) fn stop_auto_capture(&mut self) {
        self.cancel_timer(Timer::AutoCapture);
        self.cancel_timer(Timer::Countdown);
        if matches!(self.state.screen, Screen::Countdown { .. }) {
            self.state.screen = Screen::Framing { prompt: Prompt { shutter: true, ..Prompt::default() } };
        }
    }

    pub(super) fn auto_capture_tick(&mut self) {
        match self.state.screen {
            Screen::Framing { prompt: Prompt { hint: Hint::NoPicture, .. } } => {
                self.start_timer_after(Timer::AutoCapture, limits::AUTO_CAPTURE);
            }
            Screen::Framing { .. } => self.count(limits::COUNTDOWN_FROM),
            _ => {}
        }
    }

    pub(super) fn countdown_tick(&mut self) {
        if let Screen::Countdown { left } = self.state.screen {
            self.count(left - 1);
        }
    }

    fn count(&mut self, left: u8) {
        if left == 0 {
            self.grab(if self.state.framing.guide.is_active() { PhotoSource::Burst } else { PhotoSource::Camera });
        } else {
            self.state.screen = Screen::Countdown { left };
            self.cancel_timer(Timer::Shutter);
            self.announce(Announcement::Countdown(left));
            self.start_timer_after(Timer::Countdown, limits::SECOND);
        }
    }
}
