//! A camera that freezes, that nobody stands before, or that ends while the photo is made.

use akiba_selfie::config::Facing;
use akiba_selfie::flow::{
    Announcement, CameraChoice, CameraState, Effect, ErrorCode, Event, GrabFailure, Notice, Opening, Screen,
    ScreenName, Timer,
};

use crate::faces::{good, nobody};
use crate::play::{Place, Play, config};

fn freezes(play: &mut Play) {
    let generation = play.camera_generation();
    play.send(Event::CameraFroze { generation });
}

#[test]
fn no_photo_is_taken_of_a_frozen_picture() {
    for place in [Place::Framing, Place::Countdown] {
        let mut play = Play::at(place);
        freezes(&mut play);
        assert_eq!(play.state.screen, Screen::Starting(Opening::Frozen), "{place:?}");
        assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Opening(Opening::Frozen))), "{place:?}");
        assert_eq!(play.timer(Timer::Countdown), None);
        play.send(Event::Shutter);
        assert_eq!(play.state.grab, None, "by the shutter");
        play.sees(&good(), 3_000);
        assert_eq!(play.state.grab, None, "automatically");
    }
}

#[test]
fn a_camera_that_fails_can_be_switched_if_there_is_another() {
    for (cameras, switches) in [(0, false), (1, false), (2, true)] {
        let mut play = Play::at(Place::Starting);
        let generation = play.camera_generation();
        play.send(Event::CamerasListed { generation, cameras });
        assert!(play.told(|notice| *notice == Notice::Devices));
        play.send(Event::CameraFailed { generation, error: ErrorCode::CameraInUse }).send(Event::SwitchCamera);
        let next = |effect: &Effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Next, .. });
        assert_eq!(play.did(next), switches, "{cameras} cameras");
    }
}

#[test]
fn the_page_can_name_the_camera_at_any_time() {
    let named = config(|options| options.device_id = Some("abc".to_owned()));
    let opens =
        |effect: &Effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Named(Facing::Front), .. });
    let mut play = Play::new(named.clone());
    play.send(Event::Start).send(Event::Consented);
    assert!(play.did(opens));
    // What the page says last counts more than what the person chose before.
    let mut play = Play::at(Place::Framing);
    play.send(Event::SwitchCamera).camera_opens();
    play.config = named.clone();
    play.send(Event::ConfigChanged { customer: false, camera: true });
    assert!(play.closed_camera() && play.did(opens));
    // A photo is not lost.
    let mut play = Play::at(Place::Review);
    play.config = named;
    play.send(Event::ConfigChanged { customer: false, camera: true });
    assert_eq!(play.name(), ScreenName::Review);
}

#[test]
fn a_frozen_camera_is_opened_again_when_it_sends_frames() {
    let mut play = Play::at(Place::Framing);
    freezes(&mut play);
    let generation = play.camera_generation();
    play.send(Event::CameraThawed { generation });
    assert!(play.closed_camera());
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
    assert_eq!(play.camera_opens().name(), ScreenName::Framing);
}

#[test]
fn a_frozen_camera_of_a_hidden_page_is_closed() {
    let mut play = Play::at(Place::Framing);
    freezes(&mut play);
    play.send(Event::Hidden);
    assert_eq!((play.state.camera, &play.state.screen), (CameraState::Closed, &Screen::Starting(Opening::Paused)));
}

#[test]
fn the_camera_is_turned_off_when_nobody_is_there() {
    let mut play = Play::at(Place::Framing);
    play.sees(&good(), 200).tick(Timer::Away);
    assert_eq!(play.name(), ScreenName::Framing, "somebody was there");
    play.sees(&nobody(), 200).tick(Timer::Away);
    assert_eq!((play.state.camera, &play.state.screen), (CameraState::Closed, &Screen::Starting(Opening::Away)));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Opening(Opening::Away))));
    play.send(Event::Hidden).send(Event::Visible);
    assert_eq!(play.state.camera, CameraState::Closed, "only the person turns it on again");
    play.send(Event::Retry);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
}

#[test]
fn the_camera_is_off_as_soon_as_the_frame_is_drawn() {
    let mut play = Play::at(Place::Grabbing);
    let generation = play.state.grab.unwrap();
    play.send(Event::FrameDrawn { generation });
    assert!(play.closed_camera());
    assert_eq!(play.photo_comes(1).name(), ScreenName::Review);
}

#[test]
fn a_drawn_photo_is_kept_when_the_page_is_hidden_or_the_camera_ends() {
    for drawn in [false, true] {
        for ends in [false, true] {
            let mut play = Play::at(Place::Grabbing);
            let (grab, camera) = (play.state.grab.unwrap(), play.camera_generation());
            if drawn {
                play.send(Event::FrameDrawn { generation: grab });
            }
            play.send(if ends { Event::CameraEnded { generation: camera } } else { Event::Hidden });
            assert_eq!(play.state.camera, CameraState::Closed);
            assert_eq!(play.photo_comes(1).name(), ScreenName::Review, "drawn {drawn}, ends {ends}");
        }
    }
}

#[test]
fn a_frame_lost_in_a_hidden_page_is_not_reported() {
    let mut play = Play::at(Place::Grabbing);
    let generation = play.state.grab.unwrap();
    play.send(Event::Hidden).send(Event::GrabFailed { generation, failure: GrabFailure::Frame });
    assert_eq!(play.state.screen, Screen::Starting(Opening::Paused));
    assert!(!play.told(|notice| matches!(notice, Notice::Error(ErrorCode::PhotoFailed))));
}

#[test]
fn a_page_that_was_left_keeps_no_photo_and_no_camera() {
    for place in Place::ALL {
        let mut play = Play::at(place);
        play.send(Event::PageLeft);
        assert_eq!(play.state.screen.photo(), None, "{place:?}");
        assert_eq!((play.state.camera, play.state.grab), (CameraState::Closed, None), "{place:?}");
    }
    let mut play = Play::new(config(|_| {}));
    play.send(Event::Start).send(Event::PageLeft);
    assert_eq!(play.name(), ScreenName::Consent);
}
