//! From a photo to a verdict: the next request, pauses between attempts, and the verdict request.

use std::time::Duration;

use akiba_protocol::Judgement;

use crate::guidance::Flaw;

use super::effect::{Announcement, Delay, Effect, Notice};
use super::error::ErrorCode;
use super::failure::RelayFailure;
use super::limits;
use super::photo::{Generation, LinkId, Photo};
use super::screen::{Opening, Phase, Screen, Wait};
use super::state::{Attempts, Delivery, LinkState, Sending};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    /// Sends the photo because the person asked for it: resets all counts.
    pub(super) fn submit(&mut self, photo: Photo) {
        self.state.attempts = Attempts { shrunk: self.state.attempts.shrunk, ..Attempts::default() };
        self.state.prefetched = 0;
        self.send(photo);
    }

    /// Makes the next request for this photo: link, upload or verdict. While the browser reports no network, the
    /// verdict request waits, because it is not retried automatically.
    pub(super) fn send(&mut self, photo: Photo) {
        if matches!(self.state.link, LinkState::Ready { delivery: Delivery::Done, .. }) && !self.state.online {
            self.wait_for_network(photo, Phase::Verifying);
        } else {
            self.send_now(photo);
        }
    }

    /// The same, whether or not there is a network.
    fn send_now(&mut self, photo: Photo) {
        self.cancel_timer(Timer::Retry);
        match self.state.link {
            LinkState::Ready { id, delivery: Delivery::Done, .. } => self.send_verify(photo, id),
            LinkState::Ready { id, expiring: false, delivery } => self.send_upload(photo, id, delivery),
            LinkState::Ready { expiring: true, .. } | LinkState::Absent => {
                self.request_link();
                self.show(photo, Phase::Linking, None);
            }
            LinkState::Requested(_) => self.show(photo, Phase::Linking, None),
        }
    }

    pub(super) fn retry(&mut self) {
        match self.state.screen {
            Screen::Failed { photo: Some(photo), .. } => self.submit(photo),
            Screen::Failed { photo: None, .. } | Screen::Starting(Opening::Away) => {
                self.state.prefetched = 0;
                self.open_own_camera();
            }
            Screen::Submitting { photo, .. } => self.send_now(photo),
            Screen::Handoff => self.start_here(),
            _ => {}
        }
    }

    pub(super) fn retry_tick(&mut self) {
        if let Some((photo, _)) = self.phase() {
            self.send_now(photo);
        }
    }

    /// Returns the photo that is being sent, and the phase.
    pub(super) fn phase(&self) -> Option<(Photo, Phase)> {
        match self.state.screen {
            Screen::Submitting { photo, phase, .. } => Some((photo, phase)),
            _ => None,
        }
    }

    /// Shows the progress of the submission, and sends it to the page.
    pub(super) fn show(&mut self, photo: Photo, phase: Phase, wait: Option<Wait>) {
        let attempt = *self.failed_tries(phase);
        self.state.screen = Screen::Submitting { photo, phase, attempt, wait };
        self.effect(Effect::Emit(Notice::Progress(phase)));
    }

    /// Returns the failed attempts of this phase since the person asked.
    fn failed_tries(&mut self, phase: Phase) -> &mut u8 {
        match phase {
            Phase::Linking => &mut self.state.attempts.links,
            Phase::Uploading { .. } => &mut self.state.attempts.uploads,
            Phase::Verifying => &mut self.state.attempts.verifies,
        }
    }

    pub(super) fn relay_failed(&mut self, photo: Photo, phase: Phase, failure: RelayFailure, may_be_retried: bool) {
        let least = match failure {
            RelayFailure::Busy { retry_after } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        if may_be_retried && least <= limits::RETRY_AFTER_MOST {
            self.pause(photo, phase, least, failure.code());
        } else {
            self.fail(failure.code(), Some(photo));
        }
    }

    /// Waits before the next attempt: for the network while offline, otherwise a little longer each time. After too
    /// many attempts, fails.
    pub(super) fn pause(&mut self, photo: Photo, phase: Phase, least: Duration, error: ErrorCode) {
        if !self.state.online {
            self.wait_for_network(photo, phase);
            return;
        }
        let tries = self.failed_tries(phase);
        *tries = tries.saturating_add(1);
        let failed = *tries;
        if failed >= limits::MAX_ATTEMPTS {
            self.fail(error, Some(photo));
            return;
        }
        self.start_timer(Timer::Retry, Delay::Jittered { least, most: least + limits::backoff(failed) });
        self.show(photo, phase, Some(Wait::Pause));
        // The ones between say nothing new.
        if failed == 1 || failed + 1 == limits::MAX_ATTEMPTS {
            self.announce(Announcement::Retrying(failed + 1));
        }
    }

    /// Being offline does not count as a failed attempt.
    fn wait_for_network(&mut self, photo: Photo, phase: Phase) {
        if phase != Phase::Verifying && self.state.attempts.probes < limits::MAX_OFFLINE_PROBES {
            self.state.attempts.probes += 1;
            self.start_timer_after(Timer::Retry, limits::OFFLINE_PROBE);
        }
        self.show(photo, phase, Some(Wait::Network));
        self.announce(Announcement::WaitingForNetwork);
    }

    /// Something has answered, so there is a network. The browser may report otherwise, and only guesses.
    pub(super) fn answered(&mut self) {
        self.state.online = true;
    }

    /// Continues a submission that waited for the network, or gives the upload its full time again.
    pub(super) fn online(&mut self) {
        if !std::mem::replace(&mut self.state.online, true) && self.phase().is_some() {
            self.announce(Announcement::Connected);
        }
        match self.state.screen {
            Screen::Submitting { photo, wait: Some(Wait::Network), .. } => self.send(photo),
            Screen::Submitting { phase: Phase::Uploading { sent, total }, .. } if self.state.upload().is_some() => {
                self.watch_for_stall(sent >= total);
            }
            _ => {}
        }
    }

    /// The upload may still continue, but gets less time.
    pub(super) fn offline(&mut self) {
        self.state.online = false;
        if self.state.upload().is_some() {
            self.watch_for_stall(false);
        }
    }

    fn send_verify(&mut self, photo: Photo, link: LinkId) {
        let generation = self.generation();
        self.state.sending = Some(Sending::Verify(generation));
        let origin = self.state.photo_origin();
        self.effect(Effect::Verify { generation, link, origin });
        self.show(photo, Phase::Verifying, None);
        self.announce(Announcement::Verifying);
        self.start_timer_after(Timer::Verdict, limits::VERDICT);
    }

    /// Silence would mean that nothing happens.
    pub(super) fn verdict_tick(&mut self) {
        self.announce(Announcement::StillVerifying);
        self.start_timer_after(Timer::Verdict, limits::VERDICT);
    }

    pub(super) fn verify_done(&mut self, generation: Generation, judgement: Judgement, flaw: Option<Flaw>) {
        if self.state.verify() != Some(generation) {
            return;
        }
        self.stop_sending();
        let luminance = self.state.screen.photo().and_then(|photo| photo.luminance);
        let evidence = self.state.evidence.take();
        self.drop_link();
        self.state.screen = Screen::Done { judgement, flaw };
        self.state.rejections = if judgement.is_verified() { 0 } else { self.state.rejections.saturating_add(1) };
        self.announce(Announcement::Verdict { verified: judgement.is_verified() });
        self.effect(Effect::Emit(Notice::Verdict { judgement, luminance, evidence }));
    }

    pub(super) fn verify_failed(&mut self, generation: Generation, failure: RelayFailure) {
        if self.state.verify() != Some(generation) {
            return;
        }
        self.stop_sending();
        if failure.is_answer() {
            self.answered();
        }
        if self.left_to_phone(failure) {
            return;
        }
        if let Some((photo, phase)) = self.phase() {
            if failure == RelayFailure::LinkVoid {
                self.drop_link();
                if self.state.attempts.relinks < limits::MAX_NEW_LINKS {
                    self.state.attempts.relinks += 1;
                    return self.send(photo);
                }
            }
            self.relay_failed(photo, phase, failure, failure.verify_may_be_retried(self.config.session));
        }
    }
}
