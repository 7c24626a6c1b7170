//! The hand-off to a phone: where it is offered, and that it ends with the verdict or at this device.

use akiba_selfie::flow::{
    Announcement, CameraInfo, CameraState, Effect, ErrorCode, Event, NextStep, Notice, RelayFailure, Screen,
    ScreenName, State,
};

use crate::play::{CAMERA, Place, Play, STALE, config, judgement};

fn play(handoff: &str, session: bool) -> Play {
    Play::new(config(|options| (options.handoff, options.session) = (Some(handoff.to_owned()), session)))
}

fn is_offered(play: &Play) -> bool {
    play.state.allows(&Event::UsePhone, &play.config)
}

#[test]
fn it_is_offered_only_if_the_page_wants_it_and_has_a_session() {
    for (handoff, session, offered) in
        [("off", true, false), ("offer", false, false), ("offer", true, true), ("prefer", true, true)]
    {
        assert_eq!(is_offered(&play(handoff, session)), offered, "{handoff} {session}");
    }
}

#[test]
fn it_is_offered_before_the_camera_opens_and_where_a_photo_failed() {
    for place in Place::ALL {
        let mut play = Play::at(place);
        play.config = config(|options| (options.handoff, options.session) = (Some("offer".to_owned()), true));
        let offered = matches!(place, Place::Idle | Place::Consent | Place::FailedCamera);
        assert_eq!(is_offered(&play), offered, "{place:?}");
    }
    let mut play = play("offer", true);
    for &error in ErrorCode::ALL {
        play.state = State { screen: Screen::Failed { error, photo: None }, ..State::default() };
        assert_eq!(is_offered(&play), error.offers(NextStep::PickFile), "{error:?}");
    }
}

#[test]
fn it_is_offered_beside_a_poor_camera() {
    for poor in [false, true] {
        for (handoff, offered) in [("off", false), ("offer", poor)] {
            let mut play = play(handoff, true);
            play.send(Event::Start).send(Event::Consented);
            let generation = play.state.camera.generation().unwrap();
            play.send(Event::CameraOpened { generation, info: CameraInfo { poor, ..CAMERA } });
            assert_eq!((play.name(), is_offered(&play)), (ScreenName::Framing, offered), "{poor} {handoff}");
        }
    }
}

#[test]
fn a_page_can_prefer_it_and_the_person_can_still_go_on_here() {
    let mut play = play("prefer", true);
    play.send(Event::Start);
    assert_eq!(play.name(), ScreenName::Handoff);
    play.send(Event::Retry);
    assert_eq!((play.name(), play.state.verify()), (ScreenName::Consent, None));
    play.send(Event::Cancel).send(Event::Start);
    assert_eq!(play.name(), ScreenName::Handoff, "a new start prefers it again");
}

/// A page that was reloaded knows nothing of the phone that has its session.
#[test]
fn a_computer_that_the_relay_refuses_because_of_a_phone_goes_to_it() {
    let places = [Place::Framing, Place::Countdown, Place::Grabbing, Place::Review, Place::Linking, Place::Verifying];
    for place in places {
        for (failure, error) in
            [(RelayFailure::AtPhone, ErrorCode::SessionDone), (RelayFailure::NeedsPhone, ErrorCode::RelayForbidden)]
        {
            for handoff in ["off", "offer", "prefer"] {
                let mut play = Play::at(place);
                play.config = config(|options| (options.handoff, options.session) = (Some(handoff.to_owned()), true));
                if place == Place::Verifying {
                    play.verify_ends(Err(failure));
                } else {
                    let generation = play.link_generation();
                    play.send(Event::LinkFailed { generation, failure });
                }
                if handoff == "off" {
                    assert!(play.told(|notice| *notice == Notice::Error(error)), "{place:?} {failure:?}");
                    continue;
                }
                assert_eq!(play.state.screen, Screen::Handoff, "{place:?} {failure:?} {handoff}");
                assert!(play.state.verify().is_some(), "it waits for the verdict");
                assert!(play.state.camera == CameraState::Closed, "the camera is on");
                assert!(!play.told(|notice| matches!(notice, Notice::Error(_))));
            }
        }
    }
}

#[test]
fn the_relays_verdict_ends_it() {
    for status in ["success", "failed"] {
        let mut play = Play::at(Place::Handoff);
        play.verify_ends(Ok(status));
        let judgement = judgement(status);
        assert_eq!(play.state.screen, Screen::Done { judgement, flaw: None });
        assert!(play.told(|notice| matches!(notice, Notice::Verdict { .. })));
        let verified = judgement.is_verified();
        assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Verdict { verified })));
    }
}

#[test]
fn a_verdict_after_the_person_left_it_changes_nothing() {
    let mut play = Play::at(Place::Handoff);
    let generation = play.state.verify().unwrap_or(STALE);
    play.send(Event::Retry);
    let before = play.state.clone();
    play.send(Event::VerifyDone { generation, judgement: judgement("success"), flaw: None });
    assert_eq!(play.state, before);
}
