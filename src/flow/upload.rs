//! The upload: its progress, its stalls, and the reaction to each failure.

use std::time::Duration;

use akiba_protocol::UploadFailure;

use super::effect::{Announcement, Effect, PhotoSource};
use super::failure::upload_code;
use super::limits;
use super::photo::{Generation, LinkId, Photo};
use super::screen::Phase;
use super::state::{Delivery, LinkState, Sending};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn send_upload(&mut self, photo: Photo, link: LinkId, delivery: Delivery) {
        let generation = self.generation();
        self.state.sending = Some(Sending::Upload(generation));
        let (omit_content_type, tried_before) = (self.state.attempts.omit_content_type, delivery != Delivery::None);
        self.effect(Effect::Upload { generation, link, photo: photo.id, omit_content_type, tried_before });
        self.watch_for_stall(false);
        self.show(photo, Phase::Uploading { sent: 0, total: photo.bytes }, None);
    }

    pub(super) fn watch_for_stall(&mut self, all_sent: bool) {
        self.start_timer_after(
            Timer::Stall,
            match (self.state.online, all_sent) {
                (false, _) => limits::STALL_OFFLINE,
                (true, false) => limits::STALL,
                (true, true) => limits::STALL_ANSWER,
            },
        );
    }

    pub(super) fn stall_tick(&mut self) {
        if let Some(generation) = self.state.upload() {
            self.upload_failed(generation, UploadFailure::Stalled);
        }
    }

    pub(super) fn upload_progress(&mut self, generation: Generation, sent: u32, total: u32) {
        let Some((photo, Phase::Uploading { sent: before, .. })) = self.phase() else { return };
        if self.state.upload() != Some(generation) || sent <= before {
            return;
        }
        let quarter = |bytes: u32| (u64::from(bytes) * 4).checked_div(u64::from(total)).unwrap_or(0);
        self.watch_for_stall(sent >= total);
        // WebKit itself repeats a body whose connection ended, and goes on counting.
        self.show(photo, Phase::Uploading { sent: sent.min(total), total }, None);
        if (1..4).contains(&quarter(sent)) && quarter(sent) > quarter(before) {
            self.announce(Announcement::Quarter(quarter(sent) as u8));
        }
    }

    pub(super) fn uploaded(&mut self, generation: Generation) {
        if self.state.upload() == Some(generation) {
            self.stop_sending();
            self.answered();
            self.landed();
        }
    }

    /// The photo is stored at the link. The link is kept for its key; its expiry no longer matters.
    fn landed(&mut self) {
        self.delivered(Delivery::Done);
        self.cancel_timer(Timer::LinkLife);
        if let Some((photo, _)) = self.phase() {
            self.send(photo);
        }
    }

    fn delivered(&mut self, now: Delivery) {
        if let LinkState::Ready { delivery, .. } = &mut self.state.link {
            *delivery = now;
        }
    }

    pub(super) fn upload_failed(&mut self, generation: Generation, failure: UploadFailure) {
        let Some((photo, phase)) = self.phase() else { return };
        if self.state.upload() != Some(generation) {
            return;
        }
        self.stop_sending();
        if !matches!(failure, UploadFailure::Network | UploadFailure::Stalled | UploadFailure::Over) {
            self.answered();
        }
        let phase = restart(phase);
        let attempts = &mut self.state.attempts;
        match failure {
            UploadFailure::Network | UploadFailure::Stalled | UploadFailure::Busy => {
                self.delivered(Delivery::Unknown);
                self.pause(photo, phase, Duration::ZERO, upload_code(failure));
            }
            UploadFailure::Over => {
                self.drop_link();
                self.pause(photo, Phase::Linking, Duration::ZERO, upload_code(failure));
            }
            UploadFailure::Expired | UploadFailure::ClockSkew if attempts.relinks < limits::MAX_NEW_LINKS => {
                attempts.relinks += 1;
                self.drop_link();
                self.send(photo);
            }
            UploadFailure::SignatureV2 if !attempts.omit_content_type => {
                attempts.omit_content_type = true;
                self.send(photo);
            }
            UploadFailure::Damaged if !attempts.resent => {
                attempts.resent = true;
                self.send(photo);
            }
            UploadFailure::TooLarge if !attempts.shrunk => {
                attempts.shrunk = true;
                self.make_photo(PhotoSource::Photo(photo.id));
                self.show(photo, phase, None);
            }
            UploadFailure::MayHaveLanded => self.landed(),
            _ => {
                // A permanent failure would happen again.
                self.drop_link();
                self.fail(upload_code(failure), Some(photo));
            }
        }
    }
}

/// Returns the upload phase at its first byte.
fn restart(phase: Phase) -> Phase {
    match phase {
        Phase::Uploading { total, .. } => Phase::Uploading { sent: 0, total },
        other => other,
    }
}
