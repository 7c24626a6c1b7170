//! The page's other way for a person who can't take a selfie: only if the page has one, and only where it may be needed.

use akiba_protocol::{Judgement, Reason};
use akiba_selfie::config::Options;
use akiba_selfie::flow::{
    Announcement, CameraState, Effect, ErrorCode, Event, Notice, Screen, ScreenName, State, Timer, limits,
};

use crate::faces::{good, nobody};
use crate::play::{Play, config};

fn play(change: impl FnOnce(&mut Options)) -> Play {
    Play::new(config(|options| {
        options.alternative = true;
        options.no_consent = true;
        change(options);
    }))
}

fn is_offered(play: &Play) -> bool {
    play.state.allows(&Event::OtherWay, &play.config)
}

#[test]
fn a_page_without_another_way_offers_none() {
    let mut play = play(|options| options.alternative = false);
    assert!(!is_offered(&play));
    play.send(Event::Start).camera_opens();
    assert_eq!(play.timer(Timer::OtherWay), None);
    let generation = play.camera_generation();
    play.send(Event::CameraEnded { generation });
    assert_eq!((play.name(), is_offered(&play)), (ScreenName::Failed, false));
}

#[test]
fn it_is_offered_after_20_seconds_of_framing_and_stays() {
    let mut play = play(|_| {});
    assert!(is_offered(&play), "at the start");
    play.send(Event::Start).camera_opens().sees(&nobody(), 1_000);
    assert!(!is_offered(&play), "not at once");
    assert_eq!(limits::OTHER_WAY.as_secs(), 20);
    play.tick(Timer::OtherWay);
    assert!(is_offered(&play));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::OtherWay)));
    play.sees(&good(), 1_000);
    assert!(is_offered(&play), "frames do not take it away");
    play.send(Event::Shutter).photo_comes(1).send(Event::Retake).camera_opens();
    assert!(is_offered(&play), "another photo does not take it away");
    assert_eq!(play.timer(Timer::OtherWay), None);
    play.send(Event::Cancel).send(Event::Start).camera_opens();
    assert!(!is_offered(&play), "a new start begins again");
}

#[test]
fn it_ends_the_attempt_and_tells_the_page_from_where() {
    let mut play = play(|_| {});
    play.send(Event::Start).camera_opens().tick(Timer::OtherWay).send(Event::OtherWay);
    assert_eq!((play.name(), play.state.camera), (ScreenName::Idle, CameraState::Closed));
    let told = Effect::Emit(Notice::OtherWay { state: ScreenName::Framing });
    assert!(play.did(|effect| *effect == told));
    assert!(!play.did(|effect| matches!(effect, Effect::Emit(Notice::Cancelled))));
}

#[test]
fn failures_and_hopeless_rejections_offer_it() {
    let mut play = play(|_| {});
    for &error in ErrorCode::ALL {
        play.state = State { screen: Screen::Failed { error, photo: None }, ..State::default() };
        assert_eq!(is_offered(&play), error != ErrorCode::Config, "{error:?}");
    }
    for (reason, rejections, offered) in [
        (None, 9, false),
        (Some(Reason::NotMatched), 2, false),
        (Some(Reason::NotMatched), 3, true),
        (Some(Reason::Unclear), 1, false),
        (Some(Reason::Fraud), 1, true),
    ] {
        let screen = Screen::Done { judgement: Judgement::because(reason), flaw: None };
        play.state = State { screen, rejections, ..State::default() };
        assert_eq!(is_offered(&play), offered, "{reason:?} after {rejections}");
    }
}
