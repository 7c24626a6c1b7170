//! From a photo to a verdict: signed link, upload, verify, and what is done about each failure on the way.

use std::time::Duration;

use akiba_protocol::{Judgement, UploadFailure};

use super::effect::{Announcement, Delay, Effect, Notice, Request, Source};
use super::error::ErrorCode;
use super::failure::{RelayFailure, upload_code};
use super::limits;
use super::photo::{Generation, LinkId, Photo};
use super::screen::{Phase, Screen, Wait};
use super::state::{Link, Tally, Timer};
use super::transition::Transition;

impl Transition<'_> {
    /// Sends the photo from where it stands, as the person asked for it: all counts begin anew.
    pub(super) fn submit(&mut self, photo: Photo) {
        self.state.tally = Tally { shrunk: self.state.tally.shrunk, ..Tally::default() };
        self.send(photo);
    }

    /// The next thing to do for this photo: link, upload or verify. While the browser says that there is no network,
    /// verify waits for it: it is not repeated by itself where it fails.
    pub(super) fn send(&mut self, photo: Photo) {
        if self.state.uploaded && !self.state.online {
            self.wait_for_network(photo, Phase::Verifying);
        } else {
            self.send_now(photo);
        }
    }

    /// The same, whatever the browser says of the network.
    pub(super) fn send_now(&mut self, photo: Photo) {
        self.cancel_timer(Timer::Retry);
        match self.state.link {
            Link::Ready { id, .. } if self.state.uploaded => self.send_verify(photo, id),
            Link::Ready { id, dying: false } => self.send_upload(photo, id),
            Link::Ready { dying: true, .. } => {
                self.drop_link();
                self.request_link();
                self.show(photo, Phase::Linking, None);
            }
            Link::Absent => {
                self.request_link();
                self.show(photo, Phase::Linking, None);
            }
            Link::Asked(_) => self.show(photo, Phase::Linking, None),
        }
    }

    fn send_upload(&mut self, photo: Photo, link: LinkId) {
        let generation = self.generation();
        self.state.upload = Some(generation);
        let (plain, again) = (self.state.tally.plain, self.state.may_have_landed);
        self.effect(Effect::Upload { generation, link, photo: photo.id, plain, again });
        self.watch_for_stall(false);
        self.show(photo, Phase::Uploading { sent: 0, total: photo.bytes }, None);
    }

    fn watch_for_stall(&mut self, all_sent: bool) {
        self.start_timer_after(
            Timer::Stall,
            match (self.state.online, all_sent) {
                (false, _) => limits::STALL_OFFLINE,
                (true, false) => limits::STALL,
                (true, true) => limits::STALL_ANSWER,
            },
        );
    }

    fn send_verify(&mut self, photo: Photo, link: LinkId) {
        let generation = self.generation();
        self.state.verify = Some(generation);
        self.effect(Effect::Verify { generation, link });
        self.show(photo, Phase::Verifying, None);
        self.announce(Announcement::Verifying);
    }

    /// The photo that is being sent, and in which phase.
    fn phase(&self) -> Option<(Photo, Phase)> {
        match self.state.screen {
            Screen::Submitting { photo, phase, .. } => Some((photo, phase)),
            _ => None,
        }
    }

    /// Shows where the submission stands, and tells the page.
    fn show(&mut self, photo: Photo, phase: Phase, wait: Option<Wait>) {
        let attempt = *self.failed_tries(phase);
        self.state.screen = Screen::Submitting { photo, phase, attempt, wait };
        self.effect(Effect::Emit(Notice::Progress(phase)));
    }

    /// How often this phase failed since the person asked.
    fn failed_tries(&mut self, phase: Phase) -> &mut u8 {
        match phase {
            Phase::Linking => &mut self.state.tally.links,
            Phase::Uploading { .. } => &mut self.state.tally.uploads,
            Phase::Verifying => &mut self.state.tally.verifies,
        }
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
        if self.state.link != Link::Asked(generation) {
            return;
        }
        self.state.link = Link::Absent;
        // A link that was only asked for ahead is asked for again when it is needed.
        if let Some((photo, Phase::Linking)) = self.phase() {
            self.relay_failed(photo, Phase::Linking, failure, failure.link_may_be_retried());
        }
    }

    fn relay_failed(&mut self, photo: Photo, phase: Phase, failure: RelayFailure, may_be_retried: bool) {
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

    /// Waits before the next try: for the network if there is none, else a little longer each time; or gives up.
    fn pause(&mut self, photo: Photo, phase: Phase, least: Duration, error: ErrorCode) {
        if !self.state.online {
            self.wait_for_network(photo, phase);
            return;
        }
        let tries = self.failed_tries(phase);
        *tries = tries.saturating_add(1);
        let failed = *tries;
        if failed >= limits::TRIES {
            self.fail(error, Some(photo));
            return;
        }
        self.start_timer(Timer::Retry, Delay::Jittered { least, most: least + limits::backoff(failed) });
        self.show(photo, phase, Some(Wait::Pause));
    }

    /// Being offline is nobody's failed try.
    fn wait_for_network(&mut self, photo: Photo, phase: Phase) {
        if phase != Phase::Verifying && self.state.tally.probes < limits::OFFLINE_PROBES {
            self.state.tally.probes += 1;
            self.start_timer_after(Timer::Retry, limits::OFFLINE_PROBE);
        }
        self.show(photo, phase, Some(Wait::Network));
        self.announce(Announcement::WaitingForNetwork);
    }

    pub(super) fn upload_progress(&mut self, generation: Generation, sent: u32, total: u32) {
        let Some((photo, Phase::Uploading { sent: before, .. })) = self.phase() else { return };
        if self.state.upload != Some(generation) || sent <= before {
            return;
        }
        let quarter = |bytes: u32| (u64::from(bytes) * 4).checked_div(u64::from(total)).unwrap_or(0);
        self.watch_for_stall(sent >= total);
        self.show(photo, Phase::Uploading { sent, total }, None);
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
        if let Some((photo, _)) = self.phase() {
            self.send(photo);
        }
    }

    pub(super) fn upload_failed(&mut self, generation: Generation, failure: UploadFailure) {
        let Some((photo, phase)) = self.phase() else { return };
        if self.state.upload != Some(generation) {
            return;
        }
        self.state.upload = None;
        self.cancel_timer(Timer::Stall);
        let phase = restart(phase);
        let tally = &mut self.state.tally;
        match failure {
            UploadFailure::Network | UploadFailure::Stalled | UploadFailure::Busy => {
                self.state.may_have_landed = true;
                self.pause(photo, phase, Duration::ZERO, upload_code(failure));
            }
            UploadFailure::Over => {
                self.drop_link();
                self.pause(photo, Phase::Linking, Duration::ZERO, upload_code(failure));
            }
            UploadFailure::Expired | UploadFailure::ClockSkew if tally.relinks < limits::RELINKS => {
                tally.relinks += 1;
                self.drop_link();
                self.send(photo);
            }
            UploadFailure::SignatureV2 if !tally.plain => {
                tally.plain = true;
                self.send(photo);
            }
            UploadFailure::Damaged if !tally.resent => {
                tally.resent = true;
                self.send(photo);
            }
            UploadFailure::TooLarge if !tally.shrunk => {
                tally.shrunk = true;
                let generation = self.generation();
                self.state.grab = Some(generation);
                self.effect(Effect::Grab { generation, source: Source::Photo(photo.id) });
                self.show(photo, phase, None);
            }
            UploadFailure::MayHaveLanded => self.landed(),
            _ => {
                // What was refused for good would be refused again.
                self.drop_link();
                self.fail(upload_code(failure), Some(photo));
            }
        }
    }

    pub(super) fn verify_done(&mut self, generation: Generation, judgement: Judgement) {
        if self.state.verify != Some(generation) {
            return;
        }
        self.state.verify = None;
        let quality = self.state.screen.photo().and_then(|photo| photo.quality);
        let evidence = self.state.evidence.take();
        self.drop_photo();
        self.drop_link();
        self.state.screen = Screen::Done { judgement };
        self.effect(Effect::Emit(Notice::Verdict { judgement, quality, evidence }));
    }

    pub(super) fn verify_failed(&mut self, generation: Generation, failure: RelayFailure) {
        if self.state.verify != Some(generation) {
            return;
        }
        self.state.verify = None;
        if let Some((photo, phase)) = self.phase() {
            if failure == RelayFailure::LinkVoid {
                self.drop_link();
                if self.state.tally.relinks < limits::RELINKS {
                    self.state.tally.relinks += 1;
                    return self.send(photo);
                }
            }
            self.relay_failed(photo, phase, failure, failure.verify_may_be_retried());
        }
    }

    /// Goes on with what waited, or gives the upload under way its whole time again.
    pub(super) fn online(&mut self) {
        self.state.online = true;
        match self.state.screen {
            Screen::Submitting { photo, wait: Some(Wait::Network), .. } => self.send(photo),
            Screen::Submitting { phase: Phase::Uploading { sent, total }, .. } if self.state.upload.is_some() => {
                self.watch_for_stall(sent >= total);
            }
            _ => {}
        }
    }

    /// An upload under way may yet go on, but is not given the whole time any more.
    pub(super) fn offline(&mut self) {
        self.state.online = false;
        if self.state.upload.is_some() {
            self.watch_for_stall(false);
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
                if let Some((photo, _)) = self.phase() {
                    self.send_now(photo);
                }
            }
            Timer::CameraSlow | Timer::AutoCapture | Timer::Shutter | Timer::Challenge | Timer::Countdown => {}
        }
    }

    /// A link about to die is replaced: at once while the person frames, else when it is needed.
    fn link_dies(&mut self) {
        match &mut self.state.link {
            Link::Ready { dying, .. } if self.state.upload.is_some() => *dying = true,
            Link::Ready { .. } if !self.state.uploaded => {
                self.drop_link();
                if matches!(self.state.screen, Screen::Framing { .. } | Screen::Countdown { .. }) {
                    self.prefetch_link();
                }
            }
            _ => {}
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
