//! Properties that hold after any events in any order. The model learns only from effects and events what is open, and
//! compares it with what the state names.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{
    ChallengeStage, Effect, ErrorCode, Event, FileId, Generation, GrabFailure, LinkId, LinkState, Luminance, PhotoId,
    RelayFailure, Screen, ScreenName, State, Timer, Wait, step,
};
use akiba_vision::Measure;
use proptest::prelude::*;

use crate::faces::{black, good, nobody, two, with};
use crate::play::{CAMERA, Place, Play, STALE, config, judgement, photo};

const CAMERA_ERRORS: [ErrorCode; 3] = [ErrorCode::CameraDenied, ErrorCode::CameraNotFound, ErrorCode::CameraBlocked];

/// A step of a random play: the event, its variant, and whether its generation is current.
type Move = (u8, u8, bool);

fn event_of(play: &Play, (kind, variant, live): Move, serial: u32) -> Event {
    let pick = |generation: Option<Generation>| generation.filter(|_| live).unwrap_or(STALE);
    let camera = pick(play.state.camera.generation());
    let grab = pick(play.state.grab);
    let link = if live { play.link_generation() } else { STALE };
    let upload = pick(play.state.upload());
    let verify = pick(play.state.verify());
    let v = usize::from(variant);
    let relay = [
        RelayFailure::Unreachable,
        RelayFailure::Timeout,
        RelayFailure::Busy { retry_after: Some(Duration::from_secs(2)) },
        RelayFailure::Refused,
        RelayFailure::Session,
        RelayFailure::LinkVoid,
    ][v % 6];
    match kind {
        0 => Event::Start,
        1 => Event::Consented,
        2 => Event::Shutter,
        3 => Event::Retake,
        4 => Event::Accept,
        5 => Event::Retry,
        6 => Event::SwitchCamera,
        7 if v % 3 == 0 => [Event::Choosing, Event::ChoseNone][v % 2].clone(),
        7 => Event::FilePicked(FileId(serial)),
        8 if v % 4 == 0 => Event::Cancel,
        9 if v % 4 == 0 => Event::Reset,
        10 if v % 4 == 0 => Event::ConfigRefused,
        11 if v % 4 == 0 => Event::ConfigChanged { customer: v % 8 == 0, camera: v % 3 == 0 },
        12 if v % 4 == 0 => Event::Disconnected,
        8 if v % 4 == 1 => Event::Close,
        8..=12 => Event::Consented,
        13 | 14 => Event::CameraOpened { generation: camera, info: CAMERA },
        15 => Event::CameraFailed { generation: camera, error: CAMERA_ERRORS[v % CAMERA_ERRORS.len()] },
        16 => Event::CameraEnded { generation: camera },
        17 => Event::FrameMeasured { generation: camera, luminance: Luminance::default() },
        18 | 19 => {
            let timer = Timer::ALL[v % Timer::ALL.len()];
            Event::Tick { timer, generation: pick(play.timer(timer)) }
        }
        20 | 21 => {
            let report = [None, Some(good()), Some(nobody()), Some(two())][v % 4].map(Box::new);
            Event::PhotoReady { generation: grab, photo: photo(serial), report }
        }
        22 => Event::GrabFailed {
            generation: grab,
            failure: [GrabFailure::Prevented, GrabFailure::Frame, GrabFailure::TooLarge][v % 3],
        },
        23 | 24 => Event::LinkReady {
            generation: link,
            link: LinkId(serial),
            life: [None, Some(Duration::from_secs(60)), Some(Duration::ZERO)][v % 3],
        },
        25 => Event::LinkFailed { generation: link, failure: relay },
        26 => Event::UploadProgress { generation: upload, sent: u32::from(variant) * 900, total: 200_000 },
        27 => Event::Uploaded { generation: upload },
        28 => Event::UploadFailed {
            generation: upload,
            failure: [
                UploadFailure::Network,
                UploadFailure::Stalled,
                UploadFailure::Expired,
                UploadFailure::ClockSkew,
                UploadFailure::Signature,
                UploadFailure::SignatureV2,
                UploadFailure::TooLarge,
                UploadFailure::Damaged,
                UploadFailure::Busy,
                UploadFailure::MayHaveLanded,
                UploadFailure::Refused,
                UploadFailure::Over,
            ][v % 12],
        },
        29 => Event::VerifyDone { generation: verify, judgement: judgement(["success", "failed"][v % 2]), flaw: None },
        30 => Event::VerifyFailed { generation: verify, failure: relay },
        31 => [Event::Online, Event::Offline][v % 2].clone(),
        32 => [Event::Hidden, Event::Visible][v % 2].clone(),
        33 if v % 8 == 1 => Event::PageLeft,
        33 if v % 8 == 3 => Event::CameraFroze { generation: camera },
        33 if v % 8 == 5 => Event::CameraThawed { generation: camera },
        33 if v % 8 == 7 => Event::FrameDrawn { generation: grab },
        33 if v % 2 == 0 => Event::VisionUnavailable { generation: camera, cause: "late".into() },
        34 => {
            let drawing = match play.state.challenge.stage {
                ChallengeStage::Drawing(generation) => Some(generation),
                _ => None,
            };
            Event::SeedDrawn { generation: pick(drawing), seed: serial }
        }
        35 if v % 4 == 0 => Event::SkipChallenge,
        35 if v % 16 == 3 => Event::OtherWay,
        35 if v % 16 == 7 => Event::UsePhone,
        35 if v % 4 == 1 => Event::ByHand,
        _ => {
            let turned = with(good(), Measure::PoseYaw, f32::from(variant) - 128.0);
            let report = if v % 3 != 0 { good() } else { [turned, nobody(), two(), black()][v % 4] };
            let at = play.state.framing.guide.now + f64::from(variant) * 4.0;
            Event::FrameAnalysed { generation: camera, report: Box::new(report), at }
        }
    }
}

/// A request that can be in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Call {
    Link,
    Upload,
    Verify,
}

/// What the runner would hold: everything that effects opened and answers brought, without what the state no longer
/// needs.
#[derive(Default)]
struct Model {
    camera: Option<Generation>,
    in_flight: HashMap<Call, Generation>,
    grabbing: Option<Generation>,
    timers: HashMap<Timer, Generation>,
    photos: HashMap<PhotoId, Generation>,
    links: HashMap<LinkId, Generation>,
}

impl Model {
    /// Adds what an answer brings, even a stale one, and removes what has ended by itself.
    fn answered(&mut self, event: &Event) {
        let mut ended = |call, generation: &Generation| {
            self.in_flight.retain(|one, at| (*one, *at) != (call, *generation));
        };
        match event {
            Event::Tick { timer, generation } => self.timers.retain(|one, at| (one, &*at) != (timer, generation)),
            Event::PhotoReady { generation, photo, .. } => {
                self.grabbing.take_if(|at| at == generation);
                self.photos.insert(photo.id, *generation);
            }
            Event::GrabFailed { generation, .. } => {
                self.grabbing.take_if(|at| at == generation);
            }
            Event::LinkReady { generation, link, .. } => {
                ended(Call::Link, generation);
                self.links.insert(*link, *generation);
            }
            Event::LinkFailed { generation, .. } => ended(Call::Link, generation),
            Event::Uploaded { generation } | Event::UploadFailed { generation, .. } => ended(Call::Upload, generation),
            Event::VerifyDone { generation, .. } | Event::VerifyFailed { generation, .. } => {
                ended(Call::Verify, generation);
            }
            _ => {}
        }
    }

    /// `event` led to the effect. The flow never begins a request while another one of its kind is in flight, except
    /// after a stall.
    fn perform(&mut self, effect: &Effect, event: &Event) -> Result<(), TestCaseError> {
        match effect {
            Effect::OpenCamera { generation, .. } => self.camera = Some(*generation),
            Effect::Grab { generation, .. } => {
                prop_assert_eq!(self.grabbing, None, "a second photo is being made");
                self.grabbing = Some(*generation);
            }
            Effect::RequestLink { generation } => {
                prop_assert_eq!(self.in_flight.insert(Call::Link, *generation), None, "a second link request");
            }
            Effect::Upload { generation, link, photo, .. } => {
                let before = self.in_flight.insert(Call::Upload, *generation);
                let stalled = matches!(event, Event::Tick { timer: Timer::Stall, .. });
                prop_assert!(before.is_none() || stalled, "a second upload");
                prop_assert!(self.links.contains_key(link) && self.photos.contains_key(photo));
            }
            Effect::Verify { generation, link, .. } => {
                prop_assert_eq!(self.in_flight.insert(Call::Verify, *generation), None, "a second verify call");
                prop_assert!(self.links.contains_key(link));
            }
            Effect::StartTimer { timer, generation, .. } => {
                self.timers.insert(*timer, *generation);
            }
            Effect::Measure { generation } | Effect::Analyse { generation } => {
                prop_assert_eq!(self.camera, Some(*generation));
            }
            Effect::DrawSeed { .. } | Effect::Emit(_) | Effect::Announce(_) | Effect::Focus => {}
        }
        Ok(())
    }

    /// Drops what the state does not need, as the runner does.
    fn retain(&mut self, state: &State) {
        self.camera.take_if(|generation| state.camera.generation() != Some(*generation));
        self.grabbing.take_if(|generation| state.grab != Some(*generation));
        self.in_flight.retain(|call, generation| needed(state, *call) == Some(*generation));
        self.timers.retain(|timer, generation| state.needs_timer(*timer, *generation));
        self.photos.retain(|photo, generation| state.needs_photo(*generation, *photo));
        self.links.retain(|link, generation| state.needs_link(*generation, *link));
    }

    /// Fails if the state names a thing that was never opened or was dropped before.
    fn assert_state_names_only_open_things(&self, state: &State) -> Result<(), TestCaseError> {
        prop_assert_eq!(state.camera.generation(), self.camera);
        prop_assert_eq!(state.grab, self.grabbing);
        for call in [Call::Link, Call::Upload, Call::Verify] {
            prop_assert_eq!(needed(state, call), self.in_flight.get(&call).copied(), "{:?}", call);
        }
        for timer in Timer::ALL {
            prop_assert_eq!(state.timers.get(timer), self.timers.get(&timer).copied(), "{:?}", timer);
        }
        let shown = state.screen.photo().map(|photo| photo.id);
        prop_assert_eq!(self.photos.keys().copied().collect::<Vec<_>>(), shown.into_iter().collect::<Vec<_>>());
        let link = match state.link {
            LinkState::Ready { id, .. } => Some(id),
            _ => None,
        };
        prop_assert_eq!(self.links.keys().copied().collect::<Vec<_>>(), link.into_iter().collect::<Vec<_>>());
        Ok(())
    }

    fn is_empty(&self) -> bool {
        let Self { camera, in_flight, grabbing, timers, photos, links } = self;
        camera.is_none()
            && grabbing.is_none()
            && in_flight.is_empty()
            && timers.is_empty()
            && photos.is_empty()
            && links.is_empty()
    }
}

/// Returns the request of this kind that the state waits for.
fn needed(state: &State, call: Call) -> Option<Generation> {
    match call {
        Call::Link => state.link_request(),
        Call::Upload => state.upload(),
        Call::Verify => state.verify(),
    }
}

/// Whether this event is a wish of the person or the page to drop the photo, or its verdict.
fn may_end_the_photo(event: &Event) -> bool {
    matches!(
        event,
        Event::Retake
            | Event::Cancel
            | Event::Close
            | Event::OtherWay
            | Event::Reset
            | Event::Disconnected
            | Event::PageLeft
            | Event::ConfigChanged { .. }
            | Event::ConfigRefused
            | Event::VerifyDone { .. }
    )
}

fn is_stale(event: &Event) -> bool {
    match event {
        Event::CameraOpened { generation, .. }
        | Event::CameraFailed { generation, .. }
        | Event::CameraEnded { generation }
        | Event::FrameMeasured { generation, .. }
        | Event::Tick { generation, .. }
        | Event::FrameAnalysed { generation, .. }
        | Event::VisionUnavailable { generation, .. }
        | Event::SeedDrawn { generation, .. }
        | Event::PhotoReady { generation, .. }
        | Event::GrabFailed { generation, .. }
        | Event::LinkReady { generation, .. }
        | Event::LinkFailed { generation, .. }
        | Event::UploadProgress { generation, .. }
        | Event::Uploaded { generation }
        | Event::UploadFailed { generation, .. }
        | Event::VerifyDone { generation, .. }
        | Event::VerifyFailed { generation, .. } => *generation == STALE,
        _ => false,
    }
}

fn play_through(moves: &[Move], auto: bool, review: bool) -> Result<(), TestCaseError> {
    let mut play = Play::new(config(|options| {
        options.capture = (!auto).then(|| "manual".to_owned());
        options.no_review = !review;
        options.countdown = moves.len().is_multiple_of(2);
        options.strict = moves.len().is_multiple_of(3);
        options.alternative = moves.len().is_multiple_of(5);
        (options.session, options.handoff) =
            (moves.len() % 4 < 2, moves.len().is_multiple_of(2).then(|| "offer".to_owned()));
        options.challenge = [None, Some("turn"), Some("random")][moves.len() % 5 % 3].map(str::to_owned);
    }));
    let mut model = Model::default();
    for (serial, &random) in moves.iter().enumerate() {
        let event = event_of(&play, random, serial as u32);
        let before = play.clone();
        model.answered(&event);
        let (state, effects) = step(play.state.clone(), event.clone(), &play.config);
        if is_stale(&event) {
            prop_assert_eq!(&state, &before.state, "stale {:?}", event);
            prop_assert!(effects.is_empty());
        }
        play.state = state;
        // Replaced by another one, so its answer is stale.
        model.grabbing.take_if(|generation| play.state.grab != Some(*generation));
        for effect in &effects {
            model.perform(effect, &event)?;
        }
        if let (ScreenName::Handoff, Some(generation)) = (play.name(), play.state.verify()) {
            // The element waits for it.
            model.in_flight.insert(Call::Verify, generation);
        }
        model.retain(&play.state);
        model.assert_state_names_only_open_things(&play.state)?;
        check(&play, &before, &event, &model)?;
    }
    Ok(())
}

fn check(play: &Play, before: &Play, event: &Event, model: &Model) -> Result<(), TestCaseError> {
    let name = play.name();
    let camera_allowed =
        matches!(name, ScreenName::Starting | ScreenName::Framing | ScreenName::Countdown | ScreenName::Grabbing);
    prop_assert!(camera_allowed || model.camera.is_none(), "camera on in {:?} after {:?}", name, event);
    if let Screen::Failed { error, .. } = &play.state.screen {
        prop_assert!(!error.next_steps().is_empty());
    }
    let shown = play.state.screen.photo().map(|photo| photo.id);
    if before.state.screen.photo().is_some() && !may_end_the_photo(event) {
        prop_assert!(shown.is_some(), "{:?} lost the photo", event);
    }
    let moving = !matches!(name, ScreenName::Failed | ScreenName::Idle | ScreenName::Done);
    if name == ScreenName::Submitting {
        let offline = matches!(play.state.screen, Screen::Submitting { wait: Some(Wait::Network), .. });
        prop_assert!(!offline || !play.state.online, "waits for a network although there is one");
        let waits = offline || model.timers.contains_key(&Timer::Retry) || play.state.grab.is_some();
        prop_assert!(!model.in_flight.is_empty() || waits, "stuck after {:?}: {:?}", event, play.state);
    }
    // Nobody is locked out: without an automatic photo, the shutter is visible or its timer runs.
    if let Screen::Framing { prompt } = play.state.screen {
        prop_assert!(prompt.shutter || model.timers.contains_key(&Timer::Shutter), "no shutter after {:?}", event);
    }
    if !moving {
        let sending = [Call::Upload, Call::Verify].iter().any(|call| model.in_flight.contains_key(call));
        prop_assert!(!sending, "sending in {:?}", name);
    }
    if matches!(event, Event::Disconnected) {
        prop_assert!(model.is_empty());
        prop_assert_eq!(name, ScreenName::Idle);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_open_after_any_events(
        moves in prop::collection::vec((0u8..40, any::<u8>(), prop::bool::weighted(0.9)), 1..200),
        auto in any::<bool>(),
        review in any::<bool>(),
    ) {
        play_through(&moves, auto, review)?;
    }
}

/// Checks that random plays reach every state: a property over plays that all end at the consent screen would prove
/// nothing.
#[test]
fn random_plays_reach_every_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let moves = prop::collection::vec((0u8..40, any::<u8>(), prop::bool::weighted(0.9)), 200);
    let mut seen = HashSet::new();
    for _ in 0..300 {
        let moves = moves.new_tree(&mut runner).unwrap().current();
        let mut play = Play::new(config(|options| {
            (options.capture, options.countdown) = (None, true);
            (options.session, options.handoff) = (true, Some("offer".to_owned()));
        }));
        for (serial, random) in moves.into_iter().enumerate() {
            let event = event_of(&play, random, serial as u32);
            play.send(event);
            seen.insert(play.name());
        }
    }
    assert_eq!(seen.len(), ScreenName::ALL.len(), "{seen:?}");
}

/// However the network behaves, the person is asked after a limited number of requests and pauses, and never waits
/// forever.
fn ends(mut play: Play, answers: &[u8]) -> Result<(), TestCaseError> {
    for round in 0..400 {
        if play.name() != ScreenName::Submitting {
            return Ok(());
        }
        let answer = answers[round % answers.len()];
        let state = &play.state;
        let event = if let Some(generation) = state.upload() {
            let failure = [UploadFailure::Network, UploadFailure::Stalled, UploadFailure::Busy, UploadFailure::Over];
            let failure = failure.into_iter().chain([UploadFailure::Expired]).cycle().nth(answer.into());
            Event::UploadFailed { generation, failure: failure.unwrap() }
        } else if let LinkState::Requested(generation) = state.link {
            match answer % 3 {
                0 => Event::LinkFailed { generation, failure: RelayFailure::Timeout },
                _ => Event::LinkReady { generation, link: LinkId(round as u32), life: Some(Duration::from_secs(60)) },
            }
        } else if let Some(generation) = play.timer(Timer::LinkLife).filter(|_| answer.is_multiple_of(2)) {
            Event::Tick { timer: Timer::LinkLife, generation }
        } else if let Some(generation) = play.timer(Timer::Retry) {
            Event::Tick { timer: Timer::Retry, generation }
        } else {
            // Nothing runs: it waits for the browser or the person, at no cost.
            prop_assert!(!state.online);
            return Ok(());
        };
        play.send(event);
    }
    Err(TestCaseError::fail(format!("still submitting: {:?}", play.state)))
}

proptest! {
    #[test]
    fn every_submission_ends(answers in prop::collection::vec(any::<u8>(), 1..40), online in any::<bool>()) {
        let mut play = Play::at(Place::Linking);
        if !online {
            play.send(Event::Offline);
        }
        ends(play, &answers)?;
    }
}
