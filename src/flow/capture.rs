//! Makes the photo, from the camera's frame or from a file, and shows or sends it.

use std::rc::Rc;

use akiba_vision::Report;

use crate::guidance::{Evidence, Flaw};

use super::camera::CameraState;
use super::effect::{Effect, Notice, PhotoSource};
use super::error::ErrorCode;
use super::failure::GrabFailure;
use super::limits;
use super::photo::{FileId, Generation, Photo};
use super::screen::Screen;
use super::state::{Attempts, ChallengeStage, Delivery, Framing, LinkState};
use super::timer::Timer;
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn shutter(&mut self) {
        if !self.begins_challenge() {
            self.grab(PhotoSource::Camera);
        }
    }

    pub(super) fn grab(&mut self, source: PhotoSource) {
        self.stop_auto_capture();
        self.close_challenge(source);
        self.cancel_timer(Timer::Shutter);
        self.state.screen = Screen::Grabbing;
        self.make_photo(source);
    }

    pub(super) fn make_photo(&mut self, source: PhotoSource) {
        let generation = self.generation();
        self.state.grab = Some(generation);
        self.effect(Effect::Grab { generation, source });
    }

    pub(super) fn file_picked(&mut self, file: FileId) {
        self.close_camera();
        self.state.prefetched = 0;
        self.prefetch_link();
        self.state.framing = Framing::default();
        self.grab(PhotoSource::File(file));
    }

    pub(super) fn frame_drawn(&mut self, generation: Generation) {
        if self.state.grab == Some(generation) && self.state.screen == Screen::Grabbing {
            self.state.framing.drawn = true;
            self.close_camera();
        }
    }

    pub(super) fn photo_ready(&mut self, generation: Generation, photo: Photo, report: Option<Box<Report>>) {
        if self.state.grab != Some(generation) {
            return;
        }
        self.state.grab = None;
        match self.state.screen {
            Screen::Grabbing => self.photo_taken(photo, report.map(|report| *report)),
            // The same photo, made smaller.
            Screen::Submitting { .. } => self.send(photo),
            _ => {}
        }
    }

    fn photo_taken(&mut self, photo: Photo, report: Option<Report>) {
        self.close_camera();
        let evidence = Rc::new(self.evidence(report));
        self.state.evidence = Some(Rc::clone(&evidence));
        let origin = self.state.photo_origin();
        self.effect(Effect::Emit(Notice::Captured { photo, origin, evidence }));
        self.state.attempts = Attempts::default();
        self.state.refusals = if self.state.forbids_photo(self.config) { self.state.refusals + 1 } else { 0 };
        if self.state.refusals >= limits::MAX_UNUSABLE_PHOTOS {
            self.state.refusals = 0;
            self.state.evidence = None;
            self.fail(ErrorCode::PhotoUnusable, None);
        } else if self.config.review || self.state.flaw().is_some_and(Flaw::is_hard) {
            self.state.screen = Screen::Review { photo };
        } else {
            self.submit(photo);
        }
    }

    pub(super) fn evidence(&self, report: Option<Report>) -> Evidence {
        let challenge = match self.state.challenge.stage {
            ChallengeStage::Over(record) => Some(record),
            _ => None,
        };
        Evidence::new(report, &self.state.framing.guide, self.config.thresholds, challenge)
    }

    pub(super) fn grab_failed(&mut self, generation: Generation, failure: GrabFailure) {
        if self.state.grab != Some(generation) {
            return;
        }
        self.state.grab = None;
        if let Screen::Submitting { photo, .. } = self.state.screen {
            self.fail(ErrorCode::UploadTooLarge, Some(photo));
            return;
        }
        match (failure.code(), self.state.camera) {
            // In a hidden page the camera is off, so this says nothing about the frame.
            (Some(ErrorCode::PhotoFailed), _) if self.state.hidden && self.state.framing.live => self.pause_camera(),
            (Some(error), _) => self.fail(error, None),
            (None, _) if self.state.hidden => self.pause_camera(),
            (None, CameraState::Open(..)) => self.frame_person(),
            (None, _) => self.return_to_source(),
        }
    }

    pub(super) fn retake(&mut self) {
        self.drop_photo();
        // The old photo may be at this link, and a link that forbids overwriting would keep it.
        if matches!(self.state.link, LinkState::Ready { delivery: Delivery::Unknown | Delivery::Done, .. }) {
            self.drop_link();
        }
        self.state.prefetched = 0;
        self.return_to_source();
    }

    pub(super) fn accept(&mut self) {
        if let Some(photo) = self.state.screen.photo() {
            self.submit(photo);
        }
    }
}
