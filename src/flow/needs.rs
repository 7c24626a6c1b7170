//! What a [`State`] needs to stay open in the browser. After each step the runner drops the rest. Camera, timers,
//! requests, photos and links end in no other way.

use super::camera::CameraState;
use super::photo::{Generation, LinkId, PhotoId};
use super::screen::Screen;
use super::state::{LinkState, State};
use super::timer::Timer;

impl State {
    /// Whether this start of a timer still counts.
    #[must_use]
    pub fn needs_timer(&self, timer: Timer, generation: Generation) -> bool {
        self.timers.get(timer) == Some(generation)
    }

    /// Returns the link request in flight.
    #[must_use]
    pub fn link_request(&self) -> Option<Generation> {
        match self.link {
            LinkState::Requested(generation) => Some(generation),
            _ => None,
        }
    }

    /// Whether a photo is shown or sent, or is being made (`PhotoReady` may still be on its way).
    #[must_use]
    pub fn needs_photo(&self, generation: Generation, id: PhotoId) -> bool {
        self.grab == Some(generation) || self.screen.photo().is_some_and(|photo| photo.id == id)
    }

    /// Whether a link is in use, or was requested (`LinkReady` may still be on its way).
    #[must_use]
    pub fn needs_link(&self, generation: Generation, id: LinkId) -> bool {
        self.link_request() == Some(generation)
            || matches!(self.link, LinkState::Ready { id: ready, .. } if ready == id)
    }

    /// Whether a photo is being made, possibly from a chosen file.
    #[must_use]
    pub fn needs_file(&self) -> bool {
        self.grab.is_some()
    }

    /// Whether there are pictures to analyse, or may be soon: after the review, another photo may follow.
    #[must_use]
    pub fn needs_vision(&self) -> bool {
        self.grab.is_some() || self.camera != CameraState::Closed || matches!(self.screen, Screen::Review { .. })
    }

    /// Returns the camera whose brightness is measured. The analysis of its frames makes that superfluous.
    #[must_use]
    pub fn measured_camera(&self) -> Option<Generation> {
        let analysed = self.framing.guide.is_active() && !self.vision_unavailable;
        self.camera.generation().filter(|_| !analysed)
    }

    /// Whether the browser asks before the person leaves the page: the photo would not arrive, or its verdict not be
    /// seen.
    #[must_use]
    pub fn needs_leave_guard(&self) -> bool {
        matches!(self.screen, Screen::Submitting { .. })
    }

    /// Whether an attempt is under way. Each attempt has one session.
    #[must_use]
    pub fn needs_session(&self) -> bool {
        !matches!(self.screen, Screen::Idle | Screen::Done { .. }) && !self.closed
    }
}
