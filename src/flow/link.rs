//! The signed link: requested ahead, held, and replaced before it expires.

use std::time::Duration;

use super::effect::Effect;
use super::failure::RelayFailure;
use super::limits;
use super::photo::{Generation, LinkId};
use super::screen::{Phase, Screen};
use super::state::{Delivery, LinkState};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Requests a link that replaces the current one.
    pub(super) fn request_link(&mut self) {
        self.drop_link();
        let generation = self.generation();
        self.state.link = LinkState::Requested(generation);
        self.effect(Effect::RequestLink { generation });
    }

    /// Requests a link before there is a photo, so that the upload can start right after the shutter.
    pub(super) fn prefetch_link(&mut self) {
        if self.state.link == LinkState::Absent && self.state.prefetched < limits::MAX_PREFETCHES {
            self.state.prefetched += 1;
            self.request_link();
        }
    }

    pub(super) fn link_ready(&mut self, generation: Generation, id: LinkId, life: Option<Duration>) {
        if self.state.link != LinkState::Requested(generation) {
            return;
        }
        self.answered();
        self.state.link = LinkState::Ready { id, expiring: false, delivery: Delivery::None };
        if let Some(life) = life {
            // At least half of a very short life: a late attempt is better than endless requests.
            let useful = life.saturating_sub(limits::LINK_MARGIN).max(life / 2);
            self.start_timer_after(Timer::LinkLife, useful);
        }
        if let Some((photo, Phase::Linking)) = self.phase() {
            self.send(photo);
        }
    }

    pub(super) fn link_failed(&mut self, generation: Generation, failure: RelayFailure) {
        if self.state.link != LinkState::Requested(generation) {
            return;
        }
        self.state.link = LinkState::Absent;
        if failure.is_answer() {
            self.answered();
        }
        if self.left_to_phone(failure) {
            return;
        }
        match self.state.screen {
            Screen::Submitting { photo, phase: Phase::Linking, .. } => {
                self.relay_failed(photo, Phase::Linking, failure, failure.link_may_be_retried());
            }
            // The person needs no photo to learn that nothing can be sent.
            Screen::Starting(_)
            | Screen::Framing { .. }
            | Screen::Countdown { .. }
            | Screen::Grabbing
            | Screen::Review { .. }
                if !failure.code().retryable(self.config.files) =>
            {
                self.fail(failure.code(), self.state.screen.photo());
            }
            // A link that was requested ahead is requested again when it is needed.
            _ => {}
        }
    }

    /// Replaces a link that is about to expire: at once while the person frames, otherwise when it is needed.
    pub(super) fn link_life_tick(&mut self) {
        let is_uploading = self.state.upload().is_some();
        match &mut self.state.link {
            LinkState::Ready { expiring, .. } if is_uploading => *expiring = true,
            LinkState::Ready { delivery: Delivery::None | Delivery::Unknown, .. } => {
                self.drop_link();
                if self.is_live() {
                    self.prefetch_link();
                }
            }
            _ => {}
        }
    }
}
