//! Reactions to analysed frames: hints, the automatic photo, the challenge, and unusable photos.

use akiba_selfie::flow::{
    Announcement, CameraInfo, CameraState, ChallengeStage, Effect, ErrorCode, Event, FileId, GrabFailure, Notice,
    PhotoSource, Screen, ScreenName, Timer, limits,
};
use akiba_selfie::guidance::{ChallengeOutcome, Flaw, Hint, Movement};
use akiba_vision::{Measure, Report};

use crate::faces::{black, face, good, nobody, two, with};
use crate::play::{CAMERA, Play, STALE, config, photo};

/// Framing with `capture="auto"` and these changed settings.
pub(crate) fn framing(change: impl FnOnce(&mut akiba_selfie::config::Options)) -> Play {
    let mut play = Play::new(config(|options| {
        options.capture = None;
        change(options);
    }));
    play.send(Event::Start).send(Event::Consented).camera_opens();
    play
}

fn grabs(play: &Play, wanted: PhotoSource) -> bool {
    play.did(|effect| matches!(effect, Effect::Grab { source, .. } if *source == wanted))
}

fn photo_of(play: &mut Play, report: Option<Report>) {
    let generation = play.state.grab.expect("a photo is being made");
    play.send(Event::PhotoReady { generation, photo: photo(1), report: report.map(Box::new) });
}

#[test]
fn in_the_dark_the_screen_gives_light_until_the_camera_closes() {
    let mut play = framing(|_| {});
    play.sees(&good(), 400);
    assert!(!play.state.framing.bright);
    play.sees(&with(good(), Measure::LuminanceMean, 0.005), 3_000);
    assert_eq!(play.hint(), Some(Hint::TooDark));
    assert!(play.state.framing.bright);
    play.sees(&good(), 500);
    assert!(play.state.framing.bright, "without its light it would be dark again");
    play.send(Event::SwitchCamera).camera_opens();
    assert!(!play.state.framing.bright);
}

#[test]
fn frames_are_analysed_as_soon_as_the_camera_is_open() {
    let play = framing(|_| {});
    let generation = play.camera_generation();
    assert!(play.did(|effect| *effect == Effect::Analyse { generation }));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::CameraReady { shutter: false })));
}

#[test]
fn the_photo_is_taken_after_all_checks_pass_for_600_ms() {
    let mut play = framing(|_| {});
    play.sees(&good(), 600);
    assert_eq!((play.name(), play.hint()), (ScreenName::Framing, Some(Hint::Hold)));
    play.sees(&good(), 200);
    assert!(grabs(&play, PhotoSource::Burst));
    assert_eq!(play.effects.iter().filter(|effect| matches!(effect, Effect::Grab { .. })).count(), 1, "just once");
    assert_eq!(play.name(), ScreenName::Grabbing);
}

#[test]
fn one_bad_frame_restarts_the_600_ms() {
    let mut play = framing(|_| {});
    play.sees(&good(), 500).sees(&with(good(), Measure::Motion, 5.0), 70).sees(&good(), 500);
    assert_eq!(play.name(), ScreenName::Framing);
    play.sees(&good(), 300);
    assert!(grabs(&play, PhotoSource::Burst));
}

#[test]
fn no_photo_is_taken_while_a_check_fails() {
    for report in [nobody(), two(), black(), face(0.2, 0.0, 0.0), with(good(), Measure::LuminanceMean, 0.001)] {
        let mut play = framing(|_| {});
        play.sees(&report, 30_000);
        assert_eq!(play.name(), ScreenName::Framing, "{report:?}");
    }
}

#[test]
fn a_person_who_presses_the_button_is_not_overtaken() {
    let mut play = framing(|_| {});
    play.sees(&good(), 400).send(Event::ByHand);
    assert!(play.has_shutter());
    assert!(play.did(|effect| *effect == Effect::Focus), "the button has gone");
    play.sees(&good(), 20_000);
    assert_eq!((play.name(), play.hint()), (ScreenName::Framing, Some(Hint::Hold)));
    assert_eq!(play.state.framing.guide.steps, 0, "nothing loosens");
    play.send(Event::Shutter).photo_comes(1);
    play.send(Event::Retake).camera_opens();
    assert!(play.has_shutter(), "also for the next photo");
    play.send(Event::Cancel).send(Event::Start).send(Event::Consented).camera_opens();
    assert!(!play.has_shutter(), "until the next start");

    let mut play = framing(|options| options.countdown = true);
    play.sees(&good(), 800);
    assert_eq!(play.name(), ScreenName::Countdown);
    play.send(Event::ByHand);
    assert_eq!((play.name(), play.timer(Timer::Countdown)), (ScreenName::Framing, None));
    play.sees(&good(), 5_000);
    assert_eq!(play.name(), ScreenName::Framing);
}

#[test]
fn the_photo_is_shown_as_the_preview_was() {
    for mirrored in [true, false] {
        let mut play = framing(|_| {});
        let generation = play.camera_generation();
        play.state.camera = CameraState::Opening(generation);
        play.send(Event::CameraOpened { generation, info: CameraInfo { mirrored, cameras: 1, ..CAMERA } });
        play.send(Event::Shutter);
        play.send(Event::FrameDrawn { generation: play.state.grab.unwrap() }).photo_comes(1);
        assert_eq!((play.name(), play.state.framing.mirrored), (ScreenName::Review, mirrored));
        play.send(Event::Retake).send(Event::FilePicked(FileId(1))).photo_comes(2);
        assert_eq!((play.name(), play.state.framing.mirrored), (ScreenName::Review, false), "a file is as it is");
    }
}

#[test]
fn manual_capture_shows_hints_but_takes_no_photo() {
    let mut play = framing(|options| options.capture = Some("manual".to_owned()));
    play.sees(&face(0.4, 0.0, 0.0), 500);
    assert_eq!((play.hint(), play.has_shutter()), (Some(Hint::ComeCloser), true));
    play.sees(&good(), 3_000);
    assert_eq!((play.hint(), play.name()), (Some(Hint::Hold), ScreenName::Framing));
    play.send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
}

#[test]
fn the_shutter_appears_after_8_seconds_or_without_vision() {
    let mut play = framing(|_| {});
    assert!(!play.has_shutter());
    play.sees(&nobody(), 3_000).tick(Timer::Shutter);
    assert!(play.has_shutter());
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Shutter)));
    assert_eq!(limits::SHUTTER.as_secs(), 8);
    play.sees(&nobody(), 1_000).send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera), "also without a face");

    let mut play = framing(|_| {});
    play.loses_vision();
    assert!(play.has_shutter());
    assert_eq!(play.hint(), Some(Hint::Position));
    let harmless = [Timer::LinkLife, Timer::Away];
    assert!(play.state.timers.running().all(|timer| harmless.contains(&timer)), "no timer takes a photo");
    play.send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
}

#[test]
fn without_vision_the_next_photo_has_the_shutter_at_once() {
    let mut play = framing(|_| {});
    play.loses_vision().send(Event::Shutter).photo_comes(1).send(Event::Retake).camera_opens();
    assert!(play.has_shutter());
}

#[test]
fn the_page_can_always_take_the_photo() {
    let mut play = framing(|_| {});
    play.send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
}

#[test]
fn every_hint_is_sent_to_the_page_once_with_its_report() {
    let mut play = framing(|_| {});
    play.sees(&face(0.4, 0.0, 0.0), 2_000);
    let told: Vec<_> = play
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Emit(Notice::Guidance { hint, evidence, .. }) => Some((*hint, evidence.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, Hint::ComeCloser);
    let evidence = told[0].1.clone().unwrap();
    assert_eq!(evidence.report, Some(face(0.4, 0.0, 0.0)));
    assert_eq!(evidence.checks.map(|checks| checks.passed()), Some(8));
}

#[test]
fn a_screen_reader_hears_a_hint_at_most_every_two_seconds() {
    let mut play = framing(|_| {});
    let mut heard = 0;
    for _ in 0..5 {
        play.sees(&face(0.4, 0.0, 0.0), 1_000);
        heard += play.effects.iter().filter(|effect| matches!(effect, Effect::Announce(_))).count();
        play.sees(&face(2.0, 0.0, 0.0), 1_000);
        heard += play.effects.iter().filter(|effect| matches!(effect, Effect::Announce(_))).count();
    }
    assert!((3..=5).contains(&heard), "{heard} times in 10 s");
}

#[test]
fn the_same_hint_is_announced_again_every_six_seconds() {
    let mut play = framing(|_| {});
    play.sees(&nobody(), 20_000);
    let no_face = Effect::Announce(Announcement::Hint(Hint::NoFace));
    let heard = play.effects.iter().filter(|effect| **effect == no_face).count();
    assert!((3..=4).contains(&heard), "{heard} times in 20 s");
}

#[test]
fn the_countdown_stops_when_the_person_leaves() {
    let mut play = framing(|options| options.countdown = true);
    play.sees(&good(), 800);
    assert_eq!(play.state.screen, Screen::Countdown { left: 3 });
    play.sees(&nobody(), 200);
    assert_eq!(play.name(), ScreenName::Countdown, "a short interruption is allowed");
    play.sees(&good(), 200).sees(&nobody(), 500);
    assert_eq!(play.name(), ScreenName::Framing);
    assert_eq!(play.timer(Timer::Countdown), None);
    play.sees(&good(), 800).tick(Timer::Countdown).tick(Timer::Countdown).tick(Timer::Countdown);
    assert!(grabs(&play, PhotoSource::Burst));
}

#[test]
fn no_automatic_photo_is_taken_behind_a_file_dialog() {
    let mut play = framing(|_| {});
    play.send(Event::Choosing).sees(&good(), 3_000);
    assert_eq!(play.name(), ScreenName::Framing);
    assert!(play.has_shutter(), "not every browser reports that the dialog was closed");
    play.send(Event::ChoseNone).sees(&good(), 500);
    assert_eq!(play.name(), ScreenName::Framing, "the checks must hold again first");
    play.sees(&good(), 300);
    assert!(grabs(&play, PhotoSource::Burst));
}

#[test]
fn after_a_refused_photo_the_checks_must_hold_again() {
    let mut play = framing(|_| {});
    play.sees(&good(), 800);
    let generation = play.state.grab.unwrap();
    play.send(Event::GrabFailed { generation, failure: GrabFailure::Prevented }).sees(&good(), 500);
    assert_eq!(play.name(), ScreenName::Framing);
}

#[test]
fn the_review_names_the_flaw_of_a_bad_photo() {
    for (report, flaw) in [
        (Some(good()), None),
        (None, None),
        (Some(nobody()), Some(Flaw::NoFace)),
        (Some(two()), Some(Flaw::SeveralFaces)),
        (Some(black()), Some(Flaw::TooDark)),
        (Some(with(good(), Measure::LuminanceMean, 0.005)), Some(Flaw::TooDark)),
        (Some(with(good(), Measure::LuminanceMean, 0.95)), Some(Flaw::TooBright)),
        (Some(face(0.15, 0.0, 0.0)), Some(Flaw::TooSmall)),
        (Some(with(good(), Measure::PoseYaw, -40.0)), Some(Flaw::Turned)),
        (Some(with(good(), Measure::PoseRoll, 40.0)), Some(Flaw::Leaning)),
        (Some(with(good(), Measure::IlluminationUniformity, 0.0)), Some(Flaw::SideLight)),
        (Some(with(good(), Measure::Sharpness, 0.05)), Some(Flaw::Blurred)),
        (Some(with(with(good(), Measure::Sharpness, 0.05), Measure::IlluminationUniformity, 0.0)), Some(Flaw::Blurred)),
        (Some(face(0.9, 0.8, 0.8)), None),
    ] {
        let mut play = framing(|_| {});
        play.send(Event::Shutter);
        photo_of(&mut play, report);
        assert_eq!((play.name(), play.state.flaw()), (ScreenName::Review, flaw));
        play.send(Event::Accept);
        assert_eq!(play.name(), ScreenName::Submitting, "the person may send it: {flaw:?}");
    }
}

#[test]
fn a_photo_that_was_taken_only_at_last_has_its_flaw() {
    for (measure, value, flaw) in [
        (Measure::PoseRoll, 17.0, Some(Flaw::Leaning)),
        (Measure::Sharpness, 0.14, Some(Flaw::Blurred)),
        (Measure::LuminanceMean, 0.015, None),
    ] {
        let report = with(good(), measure, value);
        let mut play = framing(|_| {});
        play.sees(&report, 14_000);
        assert_eq!(play.name(), ScreenName::Grabbing, "{measure:?}");
        photo_of(&mut play, Some(report));
        assert_eq!(play.state.flaw(), flaw, "{measure:?}");
    }
}

#[test]
fn limits_stay_when_no_photo_is_taken_automatically() {
    let leaning = with(good(), Measure::PoseRoll, 17.0);
    let mut manual = framing(|options| options.capture = Some("manual".to_owned()));
    manual.sees(&leaning, 14_000);
    let mut dialog = framing(|_| {});
    dialog.send(Event::Choosing).sees(&leaning, 14_000);
    for play in [manual, dialog] {
        assert_eq!((play.state.framing.guide.steps, play.hint()), (0, Some(Hint::Straighten)));
    }
}

#[test]
fn without_review_only_an_unusable_photo_is_shown() {
    for (report, wanted) in [
        (good(), ScreenName::Submitting),
        (with(good(), Measure::Sharpness, 0.05), ScreenName::Submitting),
        (nobody(), ScreenName::Review),
        (two(), ScreenName::Review),
    ] {
        let mut play = framing(|options| options.no_review = true);
        play.send(Event::Shutter);
        photo_of(&mut play, Some(report));
        assert_eq!(play.name(), wanted);
    }
}

#[test]
fn strict_sends_no_unusable_photo_and_fails_after_three() {
    let mut play = framing(|options| options.strict = true);
    for round in 1..=limits::MAX_UNUSABLE_PHOTOS {
        play.send(Event::Shutter);
        photo_of(&mut play, Some(nobody()));
        if round == limits::MAX_UNUSABLE_PHOTOS {
            break;
        }
        assert_eq!(play.name(), ScreenName::Review);
        play.send(Event::Accept);
        assert_eq!(play.name(), ScreenName::Review, "it can't be sent");
        play.send(Event::Retake).camera_opens();
    }
    assert!(play.told(|notice| *notice == Notice::Error(ErrorCode::PhotoUnusable)));
    assert!(!play.state.needs_photo(STALE, photo(1).id), "the photo is gone");
    play.send(Event::FilePicked(FileId(1)));
    photo_of(&mut play, Some(good()));
    play.send(Event::Accept);
    assert_eq!(play.name(), ScreenName::Submitting);
}

#[test]
fn strict_allows_poor_photos_and_photos_without_analysis() {
    for report in [Some(with(good(), Measure::Sharpness, 0.05)), None] {
        let mut play = framing(|options| options.strict = true);
        play.send(Event::Shutter);
        photo_of(&mut play, report);
        play.send(Event::Accept);
        assert_eq!(play.name(), ScreenName::Submitting);
    }
}

#[test]
fn the_verdict_comes_with_the_analysis_of_the_photo() {
    let mut play = framing(|_| {});
    play.sees(&good(), 800).link_comes(1, 60);
    photo_of(&mut play, Some(good()));
    play.send(Event::Accept).upload_ends(Ok(())).verify_ends(Ok("success"));
    assert!(play.told(|notice| matches!(notice, Notice::Verdict { evidence: Some(evidence), .. }
        if evidence.report == Some(good()) && evidence.times.is_some_and(|times| times.frames >= 10))));
}

/// Framing with a challenge that has just begun with this seed.
pub(crate) fn challenged(kind: &str, seed: u32) -> Play {
    let mut play = framing(|options| options.challenge = Some(kind.to_owned()));
    play.sees(&good(), 800);
    let ChallengeStage::Drawing(generation) = play.state.challenge.stage else { panic!("{:?}", play.state.challenge) };
    assert!(play.did(|effect| *effect == Effect::DrawSeed { generation }));
    play.send(Event::SeedDrawn { generation, seed }).sees(&good(), 70);
    play
}

fn turned(degrees: f32) -> Report {
    with(good(), Measure::PoseYaw, degrees)
}

fn outcome(play: &Play) -> Option<ChallengeOutcome> {
    match play.state.challenge.stage {
        ChallengeStage::Over(record) => Some(record.outcome),
        _ => None,
    }
}

#[test]
fn a_challenge_is_requested_recognised_and_recorded() {
    let mut play = challenged("turn", 0);
    assert_eq!(play.hint(), Some(Hint::TurnLeft));
    play.sees(&turned(-40.0), 1_000);
    assert_eq!(play.hint(), Some(Hint::TurnLeft), "the wrong direction");
    play.sees(&turned(30.0), 200);
    assert_eq!(play.hint(), Some(Hint::FaceForward));
    play.sees(&good(), 100);
    assert_eq!(play.hint(), Some(Hint::TurnRight));
    play.sees(&turned(-30.0), 3_000);
    assert_eq!((outcome(&play), play.hint()), (None, Some(Hint::FaceForward)), "the last movement also has a way back");
    assert_eq!(play.name(), ScreenName::Framing, "no photo of a turned head");
    play.sees(&good(), 100);
    assert_eq!(outcome(&play), Some(ChallengeOutcome::Done));
    play.sees(&good(), 900);
    assert!(grabs(&play, PhotoSource::Burst), "the photo follows once all checks pass again");
    photo_of(&mut play, Some(good()));
    let record = play.state.evidence.as_ref().unwrap().challenge.unwrap();
    let seen: Vec<_> = record.movements.iter().flatten().map(|seen| (seen.movement, seen.took.is_some())).collect();
    assert_eq!(seen, [(Movement::TurnLeft, true), (Movement::TurnRight, true)]);
    assert_eq!((record.outcome, record.attempts), (ChallengeOutcome::Done, 1));
}

#[test]
fn coming_closer_is_recognised_by_the_size_of_the_face() {
    let mut play = challenged("closer", 9);
    assert_eq!(play.hint(), Some(Hint::LeanIn));
    play.sees(&face(1.0, 0.0, 0.0), 1_000);
    assert_eq!(outcome(&play), None);
    play.sees(&face(1.25, 0.0, 0.0), 200);
    assert_eq!((outcome(&play), play.hint()), (None, Some(Hint::FaceForward)));
    play.sees(&good(), 100);
    assert_eq!(outcome(&play), Some(ChallengeOutcome::Done));
}

#[test]
fn a_challenge_without_a_face_waits_for_one() {
    let mut play = framing(|options| options.challenge = Some("turn".to_owned()));
    play.sees(&nobody(), 300).send(Event::Shutter);
    let ChallengeStage::Drawing(generation) = play.state.challenge.stage else { panic!("{:?}", play.state.challenge) };
    play.send(Event::SeedDrawn { generation, seed: 0 }).sees(&nobody(), 1_000);
    assert_eq!((outcome(&play), play.name()), (None, ScreenName::Framing));
    play.sees(&good(), 200);
    assert_eq!(play.hint(), Some(Hint::TurnLeft));
}

#[test]
fn the_limits_are_strict_again_after_a_challenge() {
    let mut play = framing(|options| options.challenge = Some("closer".to_owned()));
    play.sees(&with(good(), Measure::PoseRoll, 17.0), 14_000);
    assert!(play.state.framing.guide.steps > 0);
    let ChallengeStage::Drawing(generation) = play.state.challenge.stage else { panic!("{:?}", play.state.challenge) };
    play.send(Event::SeedDrawn { generation, seed: 0 }).sees(&good(), 200);
    play.sees(&face(1.25, 0.0, 0.0), 200).sees(&good(), 100);
    assert_eq!((outcome(&play), play.state.framing.guide.steps), (Some(ChallengeOutcome::Done), 0));
}

#[test]
fn the_order_is_random() {
    let first = |kind, seed| challenged(kind, seed).hint().unwrap();
    assert_eq!((first("turn", 0), first("turn", 1)), (Hint::TurnLeft, Hint::TurnRight));
    let all: std::collections::HashSet<_> = (0..6).map(|seed| first("random", seed)).collect();
    assert_eq!(all.len(), 3);
}

#[test]
fn a_challenge_that_times_out_is_repeated_up_to_three_times() {
    let mut play = challenged("turn", 0);
    for round in 1..=limits::MAX_CHALLENGES {
        assert!(matches!(play.state.challenge.stage, ChallengeStage::Running(_)), "round {round}");
        play.tick(Timer::Challenge);
        if round < limits::MAX_CHALLENGES {
            assert!(play.did(|effect| *effect == Effect::Announce(Announcement::ChallengeAgain)));
            play.sees(&good(), 800);
            let ChallengeStage::Drawing(generation) = play.state.challenge.stage else {
                panic!("{:?}", play.state.challenge)
            };
            play.send(Event::SeedDrawn { generation, seed: 0 }).sees(&good(), 70);
        }
    }
    assert_eq!(outcome(&play), Some(ChallengeOutcome::TimedOut));
    play.sees(&good(), 800);
    assert!(grabs(&play, PhotoSource::Burst));
}

#[test]
fn a_skipped_challenge_is_not_requested_again() {
    let mut play = challenged("turn", 0);
    assert!(matches!(play.state.screen, Screen::Framing { prompt } if prompt.skip));
    play.send(Event::SkipChallenge).sees(&good(), 800);
    assert!(grabs(&play, PhotoSource::Burst));
    photo_of(&mut play, Some(good()));
    let record = play.state.evidence.as_ref().unwrap().challenge.unwrap();
    assert_eq!(record.outcome, ChallengeOutcome::Skipped);
    play.send(Event::Retake).camera_opens().sees(&good(), 800);
    assert!(grabs(&play, PhotoSource::Burst), "not requested again");
}

#[test]
fn a_challenge_counts_only_for_its_photo() {
    let mut play = challenged("closer", 0);
    play.sees(&face(1.25, 0.0, 0.0), 200).sees(&good(), 900);
    photo_of(&mut play, Some(good()));
    play.send(Event::Retake).camera_opens().sees(&good(), 900);
    assert_eq!(play.name(), ScreenName::Framing);
    assert!(play.did(|effect| matches!(effect, Effect::DrawSeed { .. })), "requested again");
}

#[test]
fn losing_the_face_restarts_the_challenge() {
    let mut play = challenged("turn", 0);
    play.sees(&nobody(), 500);
    assert!(matches!(play.state.challenge.stage, ChallengeStage::Running(_)));
    play.sees(&nobody(), 1_000);
    assert_eq!(play.state.challenge.stage, ChallengeStage::Waiting);
}

#[test]
fn the_shutter_begins_the_challenge_and_a_second_press_skips_it() {
    let mut play = framing(|options| options.challenge = Some("turn".to_owned()));
    play.sees(&face(0.3, 0.0, 0.0), 300).send(Event::Shutter);
    assert_eq!(play.name(), ScreenName::Framing);
    assert!(play.did(|effect| matches!(effect, Effect::DrawSeed { .. })));
    play.send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
    assert_eq!(outcome(&play), Some(ChallengeOutcome::Skipped));
}

#[test]
fn a_challenge_that_the_page_removes_or_changes_leaves_no_hint() {
    for challenge in [None, Some("closer".to_owned())] {
        let mut play = challenged("turn", 0);
        assert!(matches!(play.hint(), Some(Hint::TurnLeft | Hint::TurnRight)), "{:?}", play.hint());
        play.config = config(|options| options.challenge = challenge);
        play.send(Event::ConfigChanged { customer: false, camera: false }).sees(&good(), 100);
        assert_eq!(play.hint(), Some(Hint::Hold));
        assert_eq!(play.timer(Timer::Challenge), None);
    }
}

#[test]
fn without_vision_no_movement_is_requested() {
    let mut play = framing(|options| options.challenge = Some("turn".to_owned()));
    play.loses_vision().send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
    assert_eq!(outcome(&play), Some(ChallengeOutcome::Unavailable));
    let mut play = challenged("turn", 0);
    play.send(Event::FilePicked(FileId(1)));
    assert_eq!(outcome(&play), Some(ChallengeOutcome::Unavailable));
}

#[test]
fn losing_vision_during_a_challenge_shows_the_shutter() {
    let mut play = challenged("turn", 0);
    play.loses_vision();
    assert!(play.has_shutter());
    assert_eq!((play.hint(), play.timer(Timer::Challenge)), (Some(Hint::Position), None));
    play.send(Event::Shutter);
    assert!(grabs(&play, PhotoSource::Camera));
}
