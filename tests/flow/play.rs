//! Drives the flow by hand: sends events, keeps the effects, and answers as the runner does.

use std::time::Duration;

use akiba_protocol::{CameraKind, Judgement, Reason};
use akiba_selfie::config::{Config, Options};
use akiba_selfie::flow::{
    CameraInfo, Effect, Event, Generation, LinkId, LinkState, Luminance, Notice, Photo, PhotoId, Screen, ScreenName,
    State, Timer, step,
};
use akiba_selfie::guidance::Hint;
use akiba_vision::Report;

pub(crate) const CAMERA: CameraInfo = CameraInfo { mirrored: true, kind: CameraKind::Front, poor: false, cameras: 2 };
pub(crate) const STALE: Generation = Generation(u32::MAX);

pub(crate) fn options() -> Options {
    Options {
        relay: Some("https://relay.example".to_owned()),
        identifier: Some("0000000000001".to_owned()),
        capture: Some("manual".to_owned()),
        ..Options::default()
    }
}

pub(crate) fn config(change: impl FnOnce(&mut Options)) -> Config {
    let mut options = options();
    change(&mut options);
    Config::from_options(&options, "https://page.example/").unwrap()
}

pub(crate) fn photo(id: u32) -> Photo {
    Photo { id: PhotoId(id), width: 1280, height: 960, bytes: 200_000, luminance: None }
}

pub(crate) fn judgement(status: &str) -> Judgement {
    Judgement::because((status != "success").then_some(Reason::NotMatched))
}

pub(crate) fn lit() -> Luminance {
    Luminance { mean: 0.5, variance: 0.05 }
}

/// A running flow.
#[derive(Clone)]
pub(crate) struct Play {
    pub(crate) state: State,
    pub(crate) config: Config,
    /// The state before the last event.
    pub(crate) before: State,
    /// The effects of the last event.
    pub(crate) effects: Vec<Effect>,
}

impl Play {
    pub(crate) fn new(config: Config) -> Self {
        Self { state: State::default(), config, before: State::default(), effects: Vec::new() }
    }

    pub(crate) fn send(&mut self, event: Event) -> &mut Self {
        let (state, effects) = step(self.state.clone(), event, &self.config);
        self.before = std::mem::replace(&mut self.state, state);
        self.effects = effects;
        self
    }

    pub(crate) fn name(&self) -> ScreenName {
        self.state.screen.name()
    }

    pub(crate) fn link_generation(&self) -> Generation {
        match self.state.link {
            LinkState::Requested(generation) => generation,
            _ => STALE,
        }
    }

    pub(crate) fn camera_generation(&self) -> Generation {
        self.state.camera.generation().unwrap_or(STALE)
    }

    pub(crate) fn timer(&self, timer: Timer) -> Option<Generation> {
        self.state.timers.get(timer)
    }

    pub(crate) fn tick(&mut self, timer: Timer) -> &mut Self {
        let generation = self.timer(timer).unwrap_or_else(|| panic!("{timer:?} is not running"));
        self.send(Event::Tick { timer, generation })
    }

    /// Frames can't be analysed any more.
    pub(crate) fn loses_vision(&mut self) -> &mut Self {
        let generation = self.camera_generation();
        self.send(Event::VisionUnavailable { generation, cause: "no SIMD".into() })
    }

    /// Sends frames like this, 15 a second, for this many milliseconds after the last ones.
    pub(crate) fn sees(&mut self, report: &Report, milliseconds: u32) -> &mut Self {
        let mut effects = Vec::new();
        let begin = if self.state.framing.guide.is_active() { self.state.framing.guide.now } else { 1_000.0 };
        for frame in 1..=milliseconds * 15 / 1_000 {
            let generation = self.camera_generation();
            let at = begin + f64::from(frame) * 1_000.0 / 15.0;
            self.send(Event::FrameAnalysed { generation, report: Box::new(*report), at });
            effects.append(&mut self.effects);
        }
        self.effects = effects;
        self
    }

    pub(crate) fn hint(&self) -> Option<Hint> {
        match self.state.screen {
            Screen::Framing { prompt } => Some(prompt.hint),
            _ => None,
        }
    }

    pub(crate) fn has_shutter(&self) -> bool {
        matches!(self.state.screen, Screen::Framing { prompt } if prompt.shutter)
    }

    pub(crate) fn camera_opens(&mut self) -> &mut Self {
        let generation = self.camera_generation();
        self.send(Event::CameraOpened { generation, info: CAMERA })
    }

    pub(crate) fn photo_comes(&mut self, id: u32) -> &mut Self {
        let generation = self.state.grab.expect("a photo is being made");
        self.send(Event::PhotoReady { generation, photo: photo(id), report: None })
    }

    pub(crate) fn link_comes(&mut self, id: u32, seconds: u64) -> &mut Self {
        let generation = self.link_generation();
        self.send(Event::LinkReady { generation, link: LinkId(id), life: Some(Duration::from_secs(seconds)) })
    }

    pub(crate) fn upload_ends(&mut self, result: Result<(), akiba_protocol::UploadFailure>) -> &mut Self {
        let generation = self.state.upload().expect("an upload is in flight");
        self.send(match result {
            Ok(()) => Event::Uploaded { generation },
            Err(failure) => Event::UploadFailed { generation, failure },
        })
    }

    pub(crate) fn verify_ends(&mut self, result: Result<&str, akiba_selfie::flow::RelayFailure>) -> &mut Self {
        let generation = self.state.verify().expect("a verify call is in flight");
        self.send(match result {
            Ok(status) => Event::VerifyDone { generation, judgement: judgement(status), flaw: None },
            Err(failure) => Event::VerifyFailed { generation, failure },
        })
    }

    pub(crate) fn did(&self, wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(wanted)
    }

    /// Whether the camera that was open or requested is not needed any more.
    pub(crate) fn closed_camera(&self) -> bool {
        let before = self.before.camera.generation();
        before.is_some() && self.state.camera.generation() != before
    }

    /// Whether the current photo is not needed any more.
    pub(crate) fn dropped_photo(&self) -> bool {
        self.before.screen.photo().is_some_and(|photo| !self.state.needs_photo(STALE, photo.id))
    }

    /// Whether the current link is not needed any more.
    pub(crate) fn dropped_link(&self) -> bool {
        matches!(self.before.link, LinkState::Ready { id, .. } if !self.state.needs_link(STALE, id))
    }

    /// Whether the link request in flight was aborted.
    pub(crate) fn aborted_link(&self) -> bool {
        let before = self.before.link_request();
        before.is_some() && self.state.link_request() != before
    }

    /// Whether the upload in flight was aborted.
    pub(crate) fn aborted_upload(&self) -> bool {
        self.before.upload().is_some() && self.state.upload() != self.before.upload()
    }

    /// Whether the verdict request in flight was aborted.
    pub(crate) fn aborted_verify(&self) -> bool {
        self.before.verify().is_some() && self.state.verify() != self.before.verify()
    }

    pub(crate) fn told(&self, wanted: impl Fn(&Notice) -> bool) -> bool {
        self.did(|effect| matches!(effect, Effect::Emit(notice) if wanted(notice)))
    }

    /// A flow in the named state, reached in the way of a person.
    pub(crate) fn at(place: Place) -> Self {
        let auto = place == Place::Countdown;
        let mut play = Self::new(config(|options| {
            if auto {
                (options.capture, options.countdown) = (None, true);
            }
            if place == Place::Handoff {
                (options.session, options.handoff) = (true, Some("offer".to_owned()));
            }
        }));
        let far = if place == Place::Handoff { 0 } else { place as usize };
        let moves: [fn(&mut Play); 9] = [
            |play| {
                play.send(Event::Start);
            },
            |play| {
                play.send(Event::Consented);
            },
            |play| {
                play.camera_opens();
            },
            |play| {
                if play.timer(Timer::Shutter).is_some() {
                    play.loses_vision().tick(Timer::AutoCapture);
                }
            },
            |play| {
                play.send(Event::Shutter);
            },
            |play| {
                play.photo_comes(1);
            },
            |play| {
                play.send(Event::Accept);
            },
            |play| {
                play.link_comes(1, 60);
            },
            |play| {
                play.upload_ends(Ok(()));
            },
        ];
        for step in moves.iter().take(far) {
            step(&mut play);
        }
        match place {
            Place::Done => {
                play.verify_ends(Ok("success"));
            }
            Place::Rejected => {
                play.verify_ends(Ok("failed"));
            }
            Place::Handoff => {
                play.send(Event::UsePhone);
            }
            Place::FailedUpload => {
                play = Self::at(Place::Uploading);
                play.upload_ends(Err(akiba_protocol::UploadFailure::Refused));
            }
            Place::FailedCamera => {
                play = Self::at(Place::Starting);
                let generation = play.camera_generation();
                play.send(Event::CameraFailed { generation, error: akiba_selfie::flow::ErrorCode::CameraDenied });
            }
            _ => {}
        }
        play.effects.clear();
        play
    }
}

/// The states in which tests begin. The number is the count of moves that lead there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Idle,
    Consent,
    Starting,
    Framing,
    Countdown,
    Grabbing,
    Review,
    Linking,
    Uploading,
    Verifying,
    Done,
    Rejected,
    FailedUpload,
    FailedCamera,
    Handoff,
}

impl Place {
    pub(crate) const ALL: [Self; 15] = [
        Self::Idle,
        Self::Consent,
        Self::Starting,
        Self::Framing,
        Self::Countdown,
        Self::Grabbing,
        Self::Review,
        Self::Linking,
        Self::Uploading,
        Self::Verifying,
        Self::Done,
        Self::Rejected,
        Self::FailedUpload,
        Self::FailedCamera,
        Self::Handoff,
    ];
}

#[test]
fn every_place_has_the_screen_of_its_name() {
    for place in Place::ALL {
        let play = Play::at(place);
        let wanted = match place {
            Place::Idle => ScreenName::Idle,
            Place::Consent => ScreenName::Consent,
            Place::Starting => ScreenName::Starting,
            Place::Framing => ScreenName::Framing,
            Place::Countdown => ScreenName::Countdown,
            Place::Grabbing => ScreenName::Grabbing,
            Place::Review => ScreenName::Review,
            Place::Linking | Place::Uploading | Place::Verifying => ScreenName::Submitting,
            Place::Done | Place::Rejected => ScreenName::Done,
            Place::FailedUpload | Place::FailedCamera => ScreenName::Failed,
            Place::Handoff => ScreenName::Handoff,
        };
        assert_eq!(play.name(), wanted, "{place:?}");
        let phase = match play.state.screen {
            Screen::Submitting { phase, .. } => phase.as_str(),
            _ => "",
        };
        let wanted = match place {
            Place::Linking => "linking",
            Place::Uploading => "uploading",
            Place::Verifying => "verifying",
            _ => "",
        };
        assert_eq!(phase, wanted, "{place:?}");
    }
}
