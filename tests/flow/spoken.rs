//! What a person hears who does not see the screen: what is announced, when, and when not.

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{
    Announcement, ChallengeStage, Delay, Effect, Event, FileId, Screen, ScreenName, Timer, limits,
};
use akiba_selfie::guidance::{Flaw, Hint, Thresholds};
use akiba_vision::Measure;

use crate::faces::{black, face, good, nobody, with};
use crate::framing::{challenged, framing};
use crate::play::{Place, Play};

/// The announcements of the last event, in order.
fn said(play: &Play) -> Vec<Announcement> {
    let said = |effect: &Effect| match effect {
        Effect::Announce(announcement) => Some(*announcement),
        _ => None,
    };
    play.effects.iter().filter_map(said).collect()
}

#[test]
fn skipping_the_challenge_moves_the_focus_and_says_so() {
    let mut play = challenged("turn", 0);
    play.send(Event::SkipChallenge);
    assert_eq!(said(&play), [Announcement::ChallengeOver]);
    assert!(play.did(|effect| *effect == Effect::Focus), "the button is gone");
}

#[test]
fn the_third_failure_says_that_no_movement_is_needed() {
    let mut play = challenged("turn", 0);
    for round in 1..=limits::MAX_CHALLENGES {
        play.tick(Timer::Challenge);
        let over = round == limits::MAX_CHALLENGES;
        let wanted = if over { Announcement::ChallengeOver } else { Announcement::ChallengeAgain };
        assert_eq!(said(&play), [wanted], "round {round}");
        if !over {
            play.sees(&good(), 800);
            let ChallengeStage::Drawing(generation) = play.state.challenge.stage else { panic!("round {round}") };
            play.send(Event::SeedDrawn { generation, seed: 0 }).sees(&good(), 70);
            assert!(!said(&play).contains(&Announcement::Skippable), "said once");
        }
    }
}

#[test]
fn the_way_out_of_a_challenge_is_said_after_the_movement() {
    let play = challenged("turn", 0);
    assert_eq!(said(&play), [Announcement::Hint(Hint::TurnLeft), Announcement::Skippable]);
}

#[test]
fn a_challenge_gives_time_to_hear_each_movement() {
    assert_eq!(limits::CHALLENGE.as_secs(), 18);
    let delay = Delay::After(limits::CHALLENGE);
    let mut play = framing(|options| options.challenge = Some("turn".to_owned()));
    play.sees(&good(), 800);
    let ChallengeStage::Drawing(generation) = play.state.challenge.stage else { panic!("{:?}", play.state.challenge) };
    play.send(Event::SeedDrawn { generation, seed: 0 }).sees(&good(), 70);
    assert!(play.did(|effect| matches!(effect, Effect::StartTimer { timer: Timer::Challenge, delay: after, .. }
        if *after == delay)));
}

#[test]
fn the_shutter_does_not_appear_over_a_movement() {
    let mut play = challenged("turn", 0);
    play.tick(Timer::Shutter);
    assert!(!play.has_shutter() && said(&play).is_empty());
    play.send(Event::SkipChallenge).tick(Timer::Shutter);
    assert!(play.has_shutter());
    assert_eq!(said(&play), [Announcement::Shutter]);
}

#[test]
fn a_new_hint_replaces_one_that_is_still_to_be_read() {
    let (hold, turn) = (Announcement::Hint(Hint::Hold), Announcement::Hint(Hint::TurnLeft));
    for (new, old, replaces) in [
        (turn, hold, true),
        (turn, Announcement::Press, true),
        (Announcement::ChallengeAgain, turn, true),
        (Announcement::ChallengeOver, turn, true),
        (turn, Announcement::ChallengeAgain, false),
        (turn, Announcement::Automatic, false),
        (Announcement::Shutter, hold, false),
        (Announcement::Skippable, turn, false),
    ] {
        assert_eq!(new.replaces(old), replaces, "{new:?} after {old:?}");
    }
}

/// Whether the hint asks for a press.
fn presses(play: &Play) -> bool {
    matches!(play.state.screen, Screen::Framing { prompt } if prompt.press)
}

#[test]
fn who_takes_the_photo_hears_when() {
    let (hold, press) = (Announcement::Hint(Hint::Hold), Announcement::Press);
    let mut manual = framing(|options| options.capture = Some("manual".to_owned()));
    manual.sees(&good(), 3_000);
    assert!(said(&manual).contains(&press) && !said(&manual).contains(&hold));
    assert!(presses(&manual));

    let mut chosen = framing(|_| {});
    chosen.sees(&good(), 300).send(Event::ByHand).sees(&good(), 7_000);
    assert!(said(&chosen).contains(&press));

    let mut automatic = framing(|options| options.countdown = true);
    automatic.sees(&good(), 500);
    assert!(!presses(&automatic));

    let mut first = framing(|options| {
        (options.capture, options.challenge) = (Some("manual".to_owned()), Some("turn".to_owned()));
    });
    first.sees(&good(), 500);
    assert!(!presses(&first), "a movement comes first");
}

#[test]
fn the_network_that_returns_is_announced_once() {
    for tries in [false, true] {
        let mut play = Play::at(Place::Uploading);
        play.send(Event::Offline).upload_ends(Err(UploadFailure::Network));
        assert_eq!(said(&play), [Announcement::WaitingForNetwork]);
        if tries {
            play.send(Event::Retry);
        }
        play.send(Event::Online);
        assert_eq!(said(&play), [Announcement::Connected], "tries: {tries}");
        play.send(Event::Online);
        assert_eq!(said(&play), []);
    }
}

#[test]
fn a_long_wait_for_the_verdict_is_announced() {
    let mut play = Play::at(Place::Verifying);
    for _ in 0..3 {
        play.tick(Timer::Verdict);
        assert_eq!(said(&play), [Announcement::StillVerifying]);
    }
    play.verify_ends(Ok("success"));
    assert_eq!(play.timer(Timer::Verdict), None);
}

#[test]
fn only_the_first_and_the_last_attempt_are_announced() {
    let mut play = Play::at(Place::Uploading);
    let mut heard = Vec::new();
    for _ in 1..limits::MAX_ATTEMPTS {
        play.upload_ends(Err(UploadFailure::Busy));
        heard.append(&mut said(&play));
        play.tick(Timer::Retry);
    }
    assert_eq!(heard, [Announcement::Retrying(2), Announcement::Retrying(limits::MAX_ATTEMPTS)]);
}

#[test]
fn only_a_face_in_its_place_is_praised() {
    let sharp = |report| with(report, Measure::Sharpness, 0.5);
    for (report, praised) in [
        (good(), true),
        (face(0.4, 0.0, 0.0), false),
        (face(1.4, 0.0, 0.0), false),
        (face(0.9, 0.5, 0.0), false),
        (face(0.9, 0.0, 0.5), false),
    ] {
        let mut play = framing(|options| options.capture = Some("manual".to_owned()));
        play.sees(&sharp(report), 300).send(Event::Shutter);
        let generation = play.state.grab.unwrap();
        let photo = crate::play::photo(1);
        play.send(Event::PhotoReady { generation, photo, report: Some(Box::new(sharp(report))) });
        assert_eq!(play.name(), ScreenName::Review);
        assert_eq!(play.state.is_photo_measured(), praised, "{:?}", report.face);
    }
}

#[test]
fn a_control_that_disappears_leaves_the_focus_to_the_heading() {
    let focuses = |play: &Play| play.did(|effect| *effect == Effect::Focus);
    let mut offline = Play::at(Place::Uploading);
    offline.send(Event::Offline).upload_ends(Err(UploadFailure::Network));
    assert!(!focuses(&offline), "a control more");
    let mut returns = offline.clone();
    assert!(focuses(offline.send(Event::Retry)), "try now");
    assert!(focuses(returns.send(Event::Online)), "the network returns");

    let mut dropped = challenged("turn", 0);
    dropped.state.challenge.attempts = limits::MAX_CHALLENGES;
    assert!(focuses(dropped.tick(Timer::Challenge).sees(&good(), 70)), "no movement any more");
}

#[test]
fn a_black_photo_is_not_a_dark_face() {
    for (report, is_black) in [(black(), true), (with(good(), Measure::LuminanceMean, 0.001), false), (nobody(), false)]
    {
        let mut play = Play::at(Place::Framing);
        play.send(Event::FilePicked(FileId(1)));
        let generation = play.state.grab.unwrap();
        let photo = crate::play::photo(1);
        play.send(Event::PhotoReady { generation, photo, report: Some(Box::new(report)) });
        assert!(matches!(play.state.screen, Screen::Review { .. }));
        assert_eq!(play.state.is_photo_black(), is_black);
        assert_ne!(play.state.flaw(), None);
    }
    assert_eq!(Flaw::of(&black(), &Thresholds::default(), 0), Some(Flaw::TooDark), "what the page gets");
}
