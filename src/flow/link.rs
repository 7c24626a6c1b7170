//! The signed link: asked for ahead, held, replaced before it dies.

use std::time::Duration;

use super::effect::Effect;
use super::failure::RelayFailure;
use super::limits;
use super::photo::{Generation, LinkId};
use super::screen::Phase;
use super::state::{Delivery, LinkState};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Asks for a link, in place of the one at hand.
    pub(super) fn request_link(&mut self) {
        self.drop_link();
        let generation = self.generation();
        self.state.link = LinkState::Requested(generation);
        self.effect(Effect::RequestLink { generation });
    }

    /// Asks for a link before there is a photo, so that the shutter can start the upload at once.
    pub(super) fn prefetch_link(&mut self) {
        if self.state.link == LinkState::Absent && self.state.prefetched < limits::PREFETCHES {
            self.state.prefetched += 1;
            self.request_link();
        }
    }

    pub(super) fn link_ready(&mut self, generation: Generation, id: LinkId, life: Option<Duration>) {
        if self.state.link != LinkState::Requested(generation) {
            return;
        }
        self.state.link = LinkState::Ready { id, expiring: false, delivery: Delivery::None };
        if let Some(life) = life {
            // Half of a very short life: better a late try than links without end.
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
        // A link that was only asked for ahead is asked for again when it is needed.
        if let Some((photo, Phase::Linking)) = self.phase() {
            self.relay_failed(photo, Phase::Linking, failure, failure.link_may_be_retried());
        }
    }

    /// A link about to die is replaced: at once while the person frames, else when it is needed.
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
