//! The world of one flow ([`World`]): its clock, what happens in it, and what must always hold.

use std::collections::{BTreeMap, HashSet};

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{
    ErrorCode, Event, FileId, Generation, LinkId, Opening, Photo, PhotoId, RelayFailure, Screen, Timer,
};

use super::servers::Servers;
use crate::faces::{black, good, nobody, two};
use crate::play::{Play, config, lit};

/// Pseudo-random numbers (splitmix64).
pub(super) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// Returns milliseconds between the two, mostly few.
    pub(super) fn time(&mut self, least: u64, most: u64) -> u64 {
        let most = if self.one_in(4) { most } else { least + (most - least) / 8 };
        least + self.below(most - least + 1)
    }
}

/// What happens at a time.
pub(super) enum Happening {
    /// An adapter or the browser tells the flow.
    Tell(Event),
    /// The camera has another frame.
    Frame(Generation),
    /// The whole photo arrives at the storage.
    Arrival { generation: Generation, link: LinkId, photo: Photo, tried_before: bool },
    /// A verdict request arrives at the relay.
    Question { generation: Generation, link: LinkId, photo: PhotoId },
    /// The person does something.
    Person,
    /// Network, page or camera change by themselves.
    Weather,
}

/// One flow and everything around it.
pub(super) struct World {
    pub(super) play: Play,
    pub(super) random: Random,
    pub(super) trace: Vec<String>,
    pub(super) traced: bool,
    pub(super) now: u64,
    pub(super) serial: u32,
    pub(super) coming: BTreeMap<(u64, u32), Happening>,
    pub(super) servers: Servers,
    /// Whether faults happen, and the network is there.
    pub(super) stormy: bool,
    pub(super) network: bool,
    pub(super) hidden: bool,
    /// Cameras whose tracks are live.
    pub(super) live: HashSet<Generation>,
    /// Whether the person has asked for a verdict since the last billed call, and since the last verdict.
    pub(super) asked: [bool; 2],
    pub(super) photos: u64,
    pub(super) lost_uploads: u64,
    pub(super) verdicts: u64,
}

/// How long the storm lasts, and how long the calm may take to a verdict. Milliseconds.
const STORM: u64 = 90_000;
const CALM: u64 = 600_000;

impl World {
    pub(super) fn new(seed: u64, traced: bool) -> Self {
        let mut random = Random(seed);
        let sessions = random.one_in(2);
        let play = Play::new(config(|options| {
            options.capture = random.one_in(2).then(|| "manual".to_owned());
            options.no_review = random.one_in(3);
            options.no_consent = random.one_in(3);
            options.countdown = random.one_in(2);
            options.strict = random.one_in(4);
            options.alternative = random.one_in(4);
            options.no_file = random.one_in(4);
            options.challenge = random.one_in(4).then(|| "turn".to_owned());
            options.session = sessions;
        }));
        let mut world = Self {
            play,
            random,
            trace: vec![],
            traced,
            now: 0,
            serial: 0,
            coming: BTreeMap::new(),
            servers: Servers::new(sessions),
            stormy: true,
            network: true,
            hidden: false,
            live: HashSet::new(),
            asked: [false; 2],
            photos: 0,
            lost_uploads: 0,
            verdicts: 0,
        };
        world.later(0, Happening::Person);
        world.later(3_000, Happening::Weather);
        world
    }

    /// Returns counts of photos, uploads without an answer, billed calls and verdicts.
    pub(super) fn seen(&self) -> [u64; 4] {
        [self.photos, self.lost_uploads, self.servers.billed.into(), self.verdicts]
    }

    /// Everything fails now and then.
    pub(super) fn storm(&mut self) -> Result<(), String> {
        while let Some(happening) = self.next(STORM) {
            self.happen(happening)?;
        }
        Ok(())
    }

    /// Nothing fails any more, and the person does what the screen says: that must lead to a verdict.
    pub(super) fn calm(&mut self) -> Result<(), String> {
        (self.stormy, self.network, self.hidden) = (false, true, false);
        self.note("calm");
        self.send(Event::Visible)?;
        self.send(Event::Online)?;
        let end = self.now + CALM;
        let before = self.verdicts;
        self.servers.extend();
        while self.verdicts == before {
            let Some(happening) = self.next(end) else { return Err("no verdict, although nothing fails".into()) };
            self.happen(happening)?;
        }
        Ok(())
    }

    /// The element is removed. What comes after that changes nothing.
    pub(super) fn leave(&mut self) -> Result<(), String> {
        self.send(Event::Disconnected)?;
        must(self.live.is_empty(), "a camera is on after the end")?;
        let end = self.play.state.clone();
        for happening in std::mem::take(&mut self.coming).into_values() {
            if let Happening::Tell(event) = happening
                && !event.by_person_or_page()
            {
                self.send(event)?;
                must(self.play.effects.is_empty() && self.play.state == end, "something goes on after the end")?;
            }
        }
        Ok(())
    }

    pub(super) fn later(&mut self, milliseconds: u64, happening: Happening) {
        self.serial += 1;
        self.coming.insert((self.now + milliseconds, self.serial), happening);
    }

    fn next(&mut self, end: u64) -> Option<Happening> {
        let first = self.coming.first_entry().filter(|first| first.key().0 <= end)?;
        let ((at, _), happening) = first.remove_entry();
        self.now = at;
        Some(happening)
    }

    pub(super) fn fault(&mut self, one_in: u64) -> bool {
        self.stormy && self.random.one_in(one_in)
    }

    pub(super) fn note(&mut self, text: &str) {
        if self.traced {
            self.trace.push(format!("{:>7} {text}", self.now));
        }
    }

    fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Tell(event) => self.tell(event),
            Happening::Frame(generation) => self.frame(generation),
            Happening::Arrival { generation, link, photo, tried_before } => {
                let stored = self.servers.store(link, photo, self.now, tried_before);
                if !self.network || self.fault(5) {
                    self.lost_uploads += 1;
                    self.note("the storage's answer is lost");
                    self.answer(0, 40_000, Event::UploadFailed { generation, failure: UploadFailure::Network });
                } else {
                    self.answer(
                        20,
                        3_000,
                        match stored {
                            Ok(()) => Event::Uploaded { generation },
                            Err(failure) => Event::UploadFailed { generation, failure },
                        },
                    );
                }
                Ok(())
            }
            Happening::Question { generation, link, photo } => {
                let billed = self.servers.billed;
                let answer = self.servers.verify(link, photo, self.now, &mut self.random)?;
                if self.servers.billed > billed {
                    must(std::mem::take(&mut self.asked[0]), "billed twice for one wish of the person")?;
                }
                let answer = if !self.network || self.fault(6) {
                    self.note("the relay's answer is lost");
                    let some =
                        [RelayFailure::Unreachable, RelayFailure::Timeout, RelayFailure::Failed, RelayFailure::Reply];
                    Err(some[self.random.below(4) as usize])
                } else {
                    answer
                };
                self.answer(
                    100,
                    20_000,
                    match answer {
                        Ok(judgement) => Event::VerifyDone { generation, judgement, flaw: None },
                        Err(failure) => Event::VerifyFailed { generation, failure },
                    },
                );
                Ok(())
            }
            Happening::Person => {
                let next = if self.stormy { self.random.time(200, 12_000) } else { 3_000 };
                self.later(next, Happening::Person);
                let Some(mut act) = (if self.stormy { self.wish() } else { self.sensible() }) else { return Ok(()) };
                if let Event::FilePicked(file) = &mut act {
                    *file = FileId(self.serial);
                }
                let again = self.fault(6).then(|| act.clone());
                self.send(act)?;
                again.map_or(Ok(()), |act| self.send(act))
            }
            Happening::Weather => self.weather(),
        }
    }

    fn tell(&mut self, event: Event) -> Result<(), String> {
        match &event {
            Event::CameraOpened { generation, .. } if self.play.state.camera.generation() == Some(*generation) => {
                self.live.insert(*generation);
                self.later(100, Happening::Frame(*generation));
            }
            Event::PhotoReady { generation, .. } if self.play.state.grab == Some(*generation) => {
                self.photos += 1;
                // A new photo is asked about once. A smaller one is the same photo.
                if self.play.state.screen == Screen::Grabbing {
                    self.asked = [true; 2];
                }
            }
            _ => {}
        }
        self.send(event)
    }

    fn frame(&mut self, generation: Generation) -> Result<(), String> {
        if !self.live.contains(&generation) {
            return Ok(());
        }
        let pause = if self.stormy { self.random.time(60, 900) } else { 150 };
        self.later(pause, Happening::Frame(generation));
        let report = if self.fault(6) { [nobody(), two(), black()][self.random.below(3) as usize] } else { good() };
        if self.random.one_in(8) {
            self.send(Event::FrameMeasured { generation, luminance: lit() })?;
        }
        self.send(Event::FrameAnalysed { generation, report: Box::new(report), at: self.now as f64 })
    }

    /// Passes an event to the flow, does what it asks for, and checks what must always hold.
    pub(super) fn send(&mut self, event: Event) -> Result<(), String> {
        let quiet = matches!(event, Event::FrameAnalysed { .. } | Event::FrameMeasured { .. });
        if self.traced && !quiet {
            self.note(&format!("{event:?}"));
        }
        let allowed = self.play.state.allows(&event, &self.play.config);
        if matches!(event, Event::Accept | Event::Retry) && allowed {
            self.asked = [true; 2];
        }
        if event == Event::Start && allowed {
            let ends = self.now + self.random.time(20_000, 2_000_000);
            self.servers.begin(if self.stormy { ends } else { u64::MAX });
        }
        self.play.send(event.clone());
        for effect in self.play.effects.clone() {
            self.perform(effect)?;
        }
        let state = &self.play.state;
        self.live.retain(|generation| state.camera.generation() == Some(*generation));
        if self.traced && state.screen != self.play.before.screen && !quiet {
            let screen = format!("  -> {:?}", self.play.state.screen);
            self.note(&screen);
        }
        self.check(&event)
    }

    fn check(&mut self, event: &Event) -> Result<(), String> {
        let (state, before) = (&self.play.state, &self.play.before);
        let may_end = matches!(
            event,
            Event::Retake | Event::Cancel | Event::Close | Event::OtherWay | Event::Reset | Event::Disconnected
        ) || matches!(
            event,
            Event::PageLeft | Event::ConfigChanged { customer: true, .. } | Event::VerifyDone { .. }
        );
        let held = before.screen.photo().is_some();
        must(!held || state.screen.photo().is_some() || may_end, "the photo is lost")?;
        let taken = matches!(event, Event::PhotoReady { generation, .. } if before.grab == Some(*generation));
        let refused = matches!(state.screen, Screen::Failed { error: ErrorCode::PhotoUnusable, .. });
        must(!taken || state.screen.photo().is_some() || refused, "a new photo is lost")?;
        // Where nothing can be sent any more, no photo is needed.
        let over = matches!(state.screen, Screen::Failed { error, .. } if !error.retryable(true));
        let kept = state.grab.is_some() || state.screen.photo().is_some() || may_end || refused || over;
        let came = matches!(event, Event::PhotoReady { .. } | Event::GrabFailed { .. });
        must(!(before.grab.is_some() && before.framing.drawn) || kept || came, "a drawn frame is lost")?;
        let framing = matches!(
            state.screen,
            Screen::Starting(_) | Screen::Framing { .. } | Screen::Countdown { .. } | Screen::Grabbing
        );
        must(framing || self.live.is_empty(), "a camera is on where none is needed")?;
        let goes_on = match state.screen {
            Screen::Starting(Opening::Paused) => self.hidden || state.hidden,
            Screen::Starting(Opening::Frozen) => state.timers.get(Timer::Away).is_some(),
            Screen::Starting(Opening::Away) | Screen::Idle | Screen::Consent | Screen::Review { .. } => true,
            Screen::Handoff => state.allows(&Event::Retry, &self.play.config),
            Screen::Starting(_) => state.timers.get(Timer::CameraSlow).is_some(),
            Screen::Framing { prompt } => prompt.shutter || state.timers.get(Timer::Shutter).is_some(),
            Screen::Countdown { .. } => state.timers.get(Timer::Countdown).is_some(),
            Screen::Grabbing => state.grab.is_some(),
            Screen::Submitting { wait, .. } => {
                wait.is_some() || state.sending.is_some() || state.link_request().is_some() || state.grab.is_some()
            }
            Screen::Done { .. } => true,
            Screen::Failed { error, .. } => {
                let acts = [Event::Accept, Event::Retake, Event::Retry, Event::Choosing, Event::Close, Event::Start];
                error == ErrorCode::Config || acts.iter().any(|act| state.allows(act, &self.play.config))
            }
        };
        must(goes_on, "nothing leads on from here")
    }
}

pub(super) fn must(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}
