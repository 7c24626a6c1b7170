//! From a photo to a verdict: signed link, upload, verify, and what is done about each failure on the way.

use std::time::Duration;

use akiba_protocol::{Judgement, UploadFailure};

use super::effect::{Announcement, Delay, Effect, Notice, Request, Source};
use super::error::ErrorCode;
use super::failure::{RelayFailure, upload_code};
use super::limits;
use super::state::{Generation, Link, LinkId, Phase, Photo, Screen, Tally, Timer, Wait};
use super::transition::Transition;

impl Transition<'_> {
    /// Sends the photo from where it stands, with all tries anew.
    pub(super) fn submit(&mut self, photo: Photo) {
        let again = self.state.tally.again;
        self.state.tally = Tally { again, shrunk: self.state.tally.shrunk, ..Tally::default() };
        self.send(photo, 0);
    }

    /// The next thing to do for this photo: link, upload or verify. While the browser says that there is no network,
    /// verify waits for it, as it is not repeated by itself where it fails.
    pub(super) fn send(&mut self, photo: Photo, attempt: u8) {
        self.send_next(photo, attempt, false);
    }

    /// The same; a `probe` does not wait for the network, as the browser may be wrong about it.
    fn send_next(&mut self, photo: Photo, attempt: u8, probe: bool) {
        match self.state.link {
            Link::Ready { .. } if self.state.uploaded && !self.state.online && !probe => {
                // Without this, a verdict that was never asked for would look like one that was lost.
                let error = RelayFailure::Unreachable.code();
                self.pause(photo, Phase::Verifying, attempt, Duration::ZERO, error);
            }
            Link::Ready { id, .. } if self.state.uploaded => self.send_verify(photo, id, attempt),
            Link::Ready { id, dying: false } => self.send_upload(photo, id, attempt),
            Link::Ready { dying: true, .. } => {
                self.drop_link();
                self.send_link_request(photo, attempt);
            }
            Link::Absent => self.send_link_request(photo, attempt),
            Link::Asked(_) => self.show(photo, Phase::Linking, attempt, None),
        }
    }

    fn send_link_request(&mut self, photo: Photo, attempt: u8) {
        self.request_link();
        self.show(photo, Phase::Linking, attempt, None);
    }

    fn send_upload(&mut self, photo: Photo, link: LinkId, attempt: u8) {
        let generation = self.generation();
        self.state.upload = Some(generation);
        let Tally { plain, again, .. } = self.state.tally;
        self.state.tally.again = true;
        self.effect(Effect::Upload { generation, link, photo: photo.id, plain, again });
        self.watch_for_stall();
        self.show(photo, Phase::Uploading { sent: 0, total: photo.bytes }, attempt, None);
    }

    fn watch_for_stall(&mut self) {
        self.start_timer_after(Timer::Stall, if self.state.online { limits::STALL } else { limits::STALL_OFFLINE });
    }

    fn send_verify(&mut self, photo: Photo, link: LinkId, attempt: u8) {
        let generation = self.generation();
        self.state.verify = Some(generation);
        self.effect(Effect::Verify { generation, link });
        self.show(photo, Phase::Verifying, attempt, None);
        self.announce(Announcement::Verifying);
    }

    /// The photo that is being sent, in which phase, and after how many failed tries.
    fn phase(&self) -> Option<(Photo, Phase, u8)> {
        match self.state.screen {
            Screen::Submitting { photo, phase, attempt, .. } => Some((photo, phase, attempt)),
            _ => None,
        }
    }

    /// Shows where the submission stands, and tells the page.
    fn show(&mut self, photo: Photo, phase: Phase, attempt: u8, wait: Option<Wait>) {
        self.state.screen = Screen::Submitting { photo, phase, attempt, wait };
        self.effect(Effect::Emit(Notice::Progress(phase)));
    }

    fn request_link(&mut self) {
        let generation = self.generation();
        self.state.link = Link::Asked(generation);
        self.effect(Effect::RequestLink { generation });
    }

    /// Asks for a link before there is a photo, so that the shutter can start the upload at once.
    pub(super) fn prefetch_link(&mut self) {
        if self.state.link == Link::Absent && self.state.prefetched < limits::PREFETCHES {
            self.state.prefetched += 1;
            self.request_link();
        }
    }

    pub(super) fn link_ready(&mut self, generation: Generation, id: LinkId, life: Option<Duration>) {
        if self.state.link != Link::Asked(generation) {
            return;
        }
        self.state.link = Link::Ready { id, dying: false };
        self.state.uploaded = false;
        self.state.tally.again = false;
        if let Some(life) = life {
            // Half of a very short life: better a late try than links without end.
            let useful = life.saturating_sub(limits::LINK_MARGIN).max(life / 2);
            self.start_timer_after(Timer::LinkLife, useful);
        }
        if let Some((photo, Phase::Linking, _)) = self.phase() {
            self.send(photo, 0);
        }
    }

    pub(super) fn link_failed(&mut self, generation: Generation, failure: RelayFailure) {
        if self.state.link != Link::Asked(generation) {
            return;
        }
        self.state.link = Link::Absent;
        // A link that was only asked for ahead is asked for again when it is needed.
        if let Some((photo, Phase::Linking, attempt)) = self.phase() {
            self.relay_failed(photo, Phase::Linking, attempt, failure, failure.link_may_be_retried());
        }
    }

    fn relay_failed(&mut self, photo: Photo, phase: Phase, attempt: u8, failure: RelayFailure, may_be_retried: bool) {
        let least = match failure {
            RelayFailure::Busy { retry_after } => retry_after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        if may_be_retried && least <= limits::RETRY_AFTER_MOST {
            self.pause(photo, phase, attempt, least, failure.code());
        } else {
            self.fail(failure.code(), Some(photo));
        }
    }

    /// Waits before the next try: for the network if there is none, else a little longer each time; or gives up.
    fn pause(&mut self, photo: Photo, phase: Phase, attempt: u8, least: Duration, error: ErrorCode) {
        if !self.state.online {
            self.start_timer_after(Timer::Retry, limits::OFFLINE_PROBE);
            // Being offline is nobody's failed try.
            self.show(photo, phase, attempt, Some(Wait::Network));
            self.announce(Announcement::WaitingForNetwork);
            return;
        }
        let failed = attempt.saturating_add(1);
        if failed >= limits::TRIES {
            self.fail(error, Some(photo));
            return;
        }
        self.start_timer(Timer::Retry, Delay::Jittered { least, most: least + limits::backoff(failed) });
        self.show(photo, phase, failed, Some(Wait::Pause));
    }

    pub(super) fn upload_progress(&mut self, generation: Generation, sent: u32, total: u32) {
        let Some((photo, Phase::Uploading { sent: before, .. }, attempt)) = self.phase() else { return };
        if self.state.upload != Some(generation) || sent <= before {
            return;
        }
        let quarter = |bytes: u32| (u64::from(bytes) * 4).checked_div(u64::from(total)).unwrap_or(0);
        self.watch_for_stall();
        self.show(photo, Phase::Uploading { sent, total }, attempt, None);
        if (1..4).contains(&quarter(sent)) && quarter(sent) > quarter(before) {
            self.announce(Announcement::Quarter(quarter(sent) as u8));
        }
    }

    pub(super) fn uploaded(&mut self, generation: Generation) {
        if self.state.upload == Some(generation) {
            self.state.upload = None;
            self.cancel_timer(Timer::Stall);
            self.landed();
        }
    }

    /// The photo is at the link. The link is kept for its key; its life no longer matters.
    fn landed(&mut self) {
        self.state.uploaded = true;
        self.cancel_timer(Timer::LinkLife);
        if let Some((photo, ..)) = self.phase() {
            self.send(photo, 0);
        }
    }

    pub(super) fn upload_failed(&mut self, generation: Generation, failure: UploadFailure) {
        let Some((photo, phase, attempt)) = self.phase() else { return };
        if self.state.upload != Some(generation) {
            return;
        }
        self.state.upload = None;
        self.cancel_timer(Timer::Stall);
        let tally = &mut self.state.tally;
        match failure {
            UploadFailure::Network | UploadFailure::Stalled | UploadFailure::Busy => {
                let phase = restart(phase);
                self.pause(photo, phase, attempt, Duration::ZERO, upload_code(failure));
            }
            UploadFailure::Expired | UploadFailure::ClockSkew if tally.relinks < limits::RELINKS => {
                tally.relinks += 1;
                self.drop_link();
                self.send(photo, attempt);
            }
            UploadFailure::SignatureV2 if !tally.plain => {
                tally.plain = true;
                self.send(photo, attempt);
            }
            UploadFailure::Damaged if !tally.resent => {
                tally.resent = true;
                self.send(photo, attempt);
            }
            UploadFailure::TooLarge if !tally.shrunk => {
                tally.shrunk = true;
                let generation = self.generation();
                self.state.grab = Some(generation);
                self.effect(Effect::Grab { generation, source: Source::Photo(photo.id) });
                self.show(photo, restart(phase), attempt, None);
            }
            UploadFailure::MayHaveLanded => self.landed(),
            _ => {
                if matches!(failure, UploadFailure::Expired | UploadFailure::ClockSkew) {
                    self.drop_link();
                }
                self.fail(upload_code(failure), Some(photo));
            }
        }
    }

    pub(super) fn verify_done(&mut self, generation: Generation, judgement: Judgement) {
        if self.state.verify != Some(generation) {
            return;
        }
        self.state.verify = None;
        self.drop_photo();
        self.drop_link();
        self.state.screen = Screen::Done { judgement };
        self.effect(Effect::Emit(Notice::Verdict(judgement)));
    }

    pub(super) fn verify_failed(&mut self, generation: Generation, failure: RelayFailure) {
        if self.state.verify != Some(generation) {
            return;
        }
        self.state.verify = None;
        if let Some((photo, phase, attempt)) = self.phase() {
            self.relay_failed(photo, phase, attempt, failure, failure.verify_may_be_retried());
        }
    }

    pub(super) fn online(&mut self) {
        self.state.online = true;
        if let Screen::Submitting { photo, attempt, wait: Some(Wait::Network), .. } = self.state.screen {
            self.cancel_timer(Timer::Retry);
            self.state.tally.relinks = 0;
            self.send(photo, attempt);
        }
    }

    /// An upload under way may yet go on, but is not given the whole time any more.
    pub(super) fn offline(&mut self) {
        self.state.online = false;
        if self.state.upload.is_some() {
            self.start_timer_after(Timer::Stall, limits::STALL_OFFLINE);
        }
    }

    pub(super) fn submission_tick(&mut self, timer: Timer) {
        match timer {
            Timer::LinkLife => self.link_dies(),
            Timer::Stall => {
                if let Some(generation) = self.state.upload {
                    self.effect(Effect::Abort(Request::Upload));
                    self.upload_failed(generation, UploadFailure::Stalled);
                }
            }
            Timer::Retry => {
                if let Some((photo, _, attempt)) = self.phase() {
                    self.send_next(photo, attempt, true);
                }
            }
            Timer::CameraSlow | Timer::AutoCapture | Timer::Countdown => {}
        }
    }

    /// A link about to die is replaced: at once while the person frames, else when it is needed.
    fn link_dies(&mut self) {
        if self.state.upload.is_some() {
            if let Link::Ready { dying, .. } = &mut self.state.link {
                *dying = true;
            }
        } else if self.living_link().is_some() && !self.state.uploaded {
            self.drop_link();
            if matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. }) {
                self.prefetch_link();
            }
        }
    }
}

/// The upload phase from its first byte.
fn restart(phase: Phase) -> Phase {
    match phase {
        Phase::Uploading { total, .. } => Phase::Uploading { sent: 0, total },
        other => other,
    }
}
