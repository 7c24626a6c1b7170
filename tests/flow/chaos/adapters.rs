//! The adapters and the weather: what effects lead to, and what happens by itself.

use std::time::Duration;

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{
    Delay, Effect, ErrorCode, Event, Generation, GrabFailure, LinkId, Notice, Photo, PhotoSource, RelayFailure,
};

use super::world::{Happening, World, must};
use crate::faces::{good, nobody};
use crate::play::{CAMERA, photo};

impl World {
    /// Network, page or camera change by themselves.
    pub(super) fn weather(&mut self) -> Result<(), String> {
        if !self.stormy {
            return Ok(());
        }
        let next = self.random.time(500, 20_000);
        self.later(next, Happening::Weather);
        let camera = self.play.state.camera.generation().unwrap_or_default();
        let generation = camera;
        match self.random.below(8) {
            0 | 1 => {
                self.network = !self.network;
                let told = if self.network { Event::Online } else { Event::Offline };
                // The browser may not notice.
                if self.random.one_in(4) { Ok(()) } else { self.send(told) }
            }
            2 | 3 => {
                self.hidden = !self.hidden;
                self.send(if self.hidden { Event::Hidden } else { Event::Visible })
            }
            4 => {
                let told = if self.random.one_in(2) { Event::Online } else { Event::Offline };
                self.send(told)
            }
            5 if self.live.remove(&camera) => self.send(Event::CameraEnded { generation }),
            6 => {
                let thaws = self.random.time(500, 30_000);
                self.later(thaws, Happening::Tell(Event::CameraThawed { generation }));
                self.send(Event::CameraFroze { generation })
            }
            _ => self.send(Event::VisionUnavailable { generation, cause: "chaos".into() }),
        }
    }

    /// An adapter answers later, and sometimes twice.
    pub(super) fn answer(&mut self, least: u64, most: u64, event: Event) {
        let after = if self.stormy { self.random.time(least, most) } else { least };
        if self.fault(30) {
            self.later(after + 50, Happening::Tell(event.clone()));
        }
        self.later(after, Happening::Tell(event));
    }

    /// Carries out an effect, badly.
    pub(super) fn perform(&mut self, effect: Effect) -> Result<(), String> {
        match effect {
            Effect::OpenCamera { generation, .. } => {
                if self.fault(8) {
                    let error = [ErrorCode::CameraDenied, ErrorCode::CameraInUse][self.random.below(2) as usize];
                    self.answer(5, 9_000, Event::CameraFailed { generation, error });
                } else if !self.fault(15) {
                    if self.fault(10) {
                        self.answer(5, 500, Event::CameraNeedsTap { generation });
                    }
                    self.answer(50, 9_000, Event::CamerasListed { generation, cameras: 2 });
                    self.answer(60, 9_000, Event::CameraOpened { generation, info: CAMERA });
                }
            }
            Effect::DrawSeed { generation } => self.answer(0, 1, Event::SeedDrawn { generation, seed: self.serial }),
            Effect::Grab { generation, source } => self.grab(generation, source),
            Effect::RequestLink { generation } => self.request_link(generation),
            Effect::Upload { generation, link, tried_before, .. } => {
                let photo = self.play.state.screen.photo().ok_or("an upload without a photo")?;
                self.upload(generation, link, photo, tried_before);
            }
            Effect::Verify { generation, link, .. } => {
                let photo = self.play.state.screen.photo().ok_or("a verdict without a photo")?.id;
                if !self.network || self.fault(6) {
                    let failure = [
                        RelayFailure::Unreachable,
                        RelayFailure::SessionUnavailable,
                        RelayFailure::Busy { retry_after: Some(Duration::from_secs(self.random.below(60))) },
                        RelayFailure::LinkVoid,
                    ][self.random.below(4) as usize];
                    self.answer(50, 20_000, Event::VerifyFailed { generation, failure });
                } else {
                    let after = self.random.time(20, 2_000);
                    self.later(after, Happening::Question { generation, link, photo });
                }
            }
            Effect::StartTimer { timer, generation, delay } => {
                let delay = match delay {
                    Delay::After(after) => after,
                    Delay::Jittered { least, most } => {
                        least + (most - least).mul_f64(self.random.below(1_000) as f64 / 1_000.0)
                    }
                };
                // Timers of a hidden page wait.
                let late = if self.hidden { 1_000 } else { 0 };
                let after = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX) + late;
                self.later(after, Happening::Tell(Event::Tick { timer, generation }));
            }
            Effect::Emit(Notice::Verdict { .. }) => {
                self.verdicts += 1;
                must(std::mem::take(&mut self.asked[1]), "a second verdict for one wish of the person")?;
            }
            Effect::Measure { .. } | Effect::Analyse { .. } | Effect::Emit(_) | Effect::Announce(_) | Effect::Focus => {
            }
        }
        Ok(())
    }

    fn grab(&mut self, generation: Generation, source: PhotoSource) {
        if self.fault(10) {
            let failure = [GrabFailure::Prevented, GrabFailure::Frame, GrabFailure::NotAnImage, GrabFailure::TooLarge]
                [self.random.below(4) as usize];
            return self.answer(20, 3_000, Event::GrabFailed { generation, failure });
        }
        if source == PhotoSource::Camera || source == PhotoSource::Burst {
            self.answer(10, 400, Event::FrameDrawn { generation });
        }
        let mut photo = photo(self.serial);
        if matches!(source, PhotoSource::Photo(_)) {
            photo.bytes /= 2;
        }
        let report = [None, Some(good()), Some(if self.fault(2) { nobody() } else { good() })];
        let report = report[self.random.below(3) as usize].map(Box::new);
        self.answer(500, 4_000, Event::PhotoReady { generation, photo, report });
    }

    fn request_link(&mut self, generation: Generation) {
        let failure = if self.network {
            let some = [
                RelayFailure::Timeout,
                RelayFailure::Busy { retry_after: None },
                RelayFailure::Busy { retry_after: Some(Duration::from_secs(40)) },
                RelayFailure::Failed,
                RelayFailure::Reply,
                RelayFailure::Unreachable,
                RelayFailure::Forbidden,
            ][self.random.below(7) as usize];
            self.fault(5).then_some(some)
        } else {
            Some(RelayFailure::Unreachable)
        };
        let id = LinkId(self.serial);
        let event = match failure.map_or_else(|| self.servers.link(id, self.now, &mut self.random), Err) {
            Ok(ends) => {
                // The device's clock, and not every link says its end.
                let skew = if self.fault(6) { self.random.below(120_000) } else { 60_000 };
                let life = (ends - self.now + skew).saturating_sub(60_000);
                let life = (!self.random.one_in(5)).then(|| Duration::from_millis(life));
                Event::LinkReady { generation, link: id, life }
            }
            Err(failure) => Event::LinkFailed { generation, failure },
        };
        self.answer(60, 15_000, event);
    }

    fn upload(&mut self, generation: Generation, link: LinkId, photo: Photo, tried_before: bool) {
        let total = photo.bytes;
        let cut = if self.network { self.random.below(5) as u32 } else { 0 };
        let failed = !self.network || self.fault(5);
        let mut after = self.random.time(20, 4_000);
        for quarter in 1..=(if failed { cut } else { 4 }) {
            after += self.random.time(20, 8_000);
            self.later(after, Happening::Tell(Event::UploadProgress { generation, sent: quarter * total / 4, total }));
        }
        if !failed {
            self.later(after + 20, Happening::Arrival { generation, link, photo, tried_before });
            return;
        }
        let failure = [
            UploadFailure::Network,
            UploadFailure::Busy,
            UploadFailure::Damaged,
            UploadFailure::ClockSkew,
            UploadFailure::SignatureV2,
            UploadFailure::Over,
            UploadFailure::Refused,
        ];
        let failure = if self.network { failure[self.random.below(7) as usize] } else { UploadFailure::Network };
        // Some hang for ever.
        if !self.random.one_in(4) {
            self.later(after + 50, Happening::Tell(Event::UploadFailed { generation, failure }));
        }
    }
}
