//! From the start to a photo, from the person's point of view.

use akiba_protocol::{CameraKind, UploadFailure};
use akiba_selfie::config::Facing;
use akiba_selfie::flow::{
    Announcement, CameraChoice, CameraState, Delay, Effect, ErrorCode, Event, FileId, GrabFailure, Luminance, Notice,
    Opening, PhotoOrigin, PhotoSource, RelayFailure, Screen, ScreenName, Timer, Timers, limits,
};
use akiba_selfie::guidance::Hint;

use crate::play::{Place, Play, config, lit};

#[test]
fn start_asks_for_consent_and_opens_nothing() {
    let mut play = Play::at(Place::Idle);
    play.send(Event::Start);
    assert!(
        play.told(|notice| {
            *notice == Notice::StateChange { state: ScreenName::Consent, previous: ScreenName::Idle }
        })
    );
    assert!(play.did(|effect| *effect == Effect::Focus));
    assert!(!play.did(|effect| matches!(effect, Effect::OpenCamera { .. } | Effect::RequestLink { .. })));
}

#[test]
fn no_consent_opens_the_camera_at_once() {
    let mut play = Play::new(config(|options| options.no_consent = true));
    play.send(Event::Start);
    assert_eq!(play.name(), ScreenName::Starting);
    assert!(
        play.did(|effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Facing(Facing::Front), .. }))
    );
}

#[test]
fn the_link_is_requested_while_the_person_frames() {
    let mut play = Play::at(Place::Starting);
    play.camera_opens();
    assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
    assert!(play.did(|effect| matches!(effect, Effect::Measure { .. })));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::CameraReady { shutter: true })));
    assert_eq!(play.timer(Timer::CameraSlow), None);
}

#[test]
fn a_link_that_expires_while_framing_is_replaced_a_limited_number_of_times() {
    let mut play = Play::at(Place::Framing);
    for round in 1..limits::MAX_PREFETCHES {
        play.link_comes(u32::from(round), 60).tick(Timer::LinkLife);
        assert!(play.dropped_link());
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "round {round}");
    }
    play.link_comes(99, 60).tick(Timer::LinkLife);
    assert!(!play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
    assert_eq!(play.name(), ScreenName::Framing);
}

#[test]
fn each_action_of_the_person_allows_new_links_ahead() {
    let mut play = Play::at(Place::Framing);
    for round in 0..3 {
        for _ in 0..limits::MAX_PREFETCHES {
            play.link_comes(round, 60).tick(Timer::LinkLife);
        }
        assert!(!play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "round {round}: none is left");
        play.send(Event::Shutter).photo_comes(round).send(Event::Retake).camera_opens();
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "round {round}");
    }
}

#[test]
fn a_link_is_replaced_ten_seconds_before_expiry_or_at_half_of_a_short_life() {
    for (life, wanted) in [(60, 50), (300, 290), (12, 6), (4, 2)] {
        let mut play = Play::at(Place::Framing);
        play.link_comes(1, life);
        let wanted = Delay::After(std::time::Duration::from_secs(wanted));
        assert!(
            play.did(
                |effect| matches!(effect, Effect::StartTimer { timer: Timer::LinkLife, delay, .. } if *delay == wanted)
            ),
            "{life} s: {:?}",
            play.effects
        );
    }
}

#[test]
fn a_prefetch_that_may_succeed_later_fails_silently() {
    for failure in [RelayFailure::Unreachable, RelayFailure::Failed, RelayFailure::Session, RelayFailure::Reply] {
        let mut play = Play::at(Place::Framing);
        let generation = play.link_generation();
        play.send(Event::LinkFailed { generation, failure });
        assert_eq!(play.name(), ScreenName::Framing, "{failure:?}");
        assert!(play.effects.is_empty());
    }
}

#[test]
fn a_definite_refusal_ends_the_check_before_the_photo_is_taken() {
    for failure in [
        RelayFailure::UnknownCustomer,
        RelayFailure::SessionDone,
        RelayFailure::SessionLimit,
        RelayFailure::VerdictUnknown,
        RelayFailure::Forbidden,
        RelayFailure::Refused,
        RelayFailure::LinkUnusable,
    ] {
        for place in [Place::Framing, Place::Countdown, Place::Grabbing, Place::Review] {
            let mut play = Play::at(place);
            let generation = play.link_generation();
            let photo = play.state.screen.photo();
            play.send(Event::LinkFailed { generation, failure });
            assert_eq!(play.state.screen, Screen::Failed { error: failure.code(), photo }, "{failure:?} {place:?}");
            assert!(play.told(|notice| *notice == Notice::Error(failure.code())));
            assert!(play.state.camera == CameraState::Closed);
        }
    }
}

#[test]
fn closing_a_definite_failure_ends_without_a_way_to_the_start() {
    let mut play = Play::at(Place::Review);
    let generation = play.link_generation();
    play.send(Event::LinkFailed { generation, failure: RelayFailure::SessionDone }).send(Event::Close);
    assert_eq!(play.state.screen, Screen::Failed { error: ErrorCode::SessionDone, photo: None });
    assert!(play.dropped_photo(), "nothing is kept of the person");
    assert!(play.told(|notice| *notice == Notice::Cancelled));
    assert!(!play.state.needs_session());
    play.send(Event::Close);
    assert!(play.effects.is_empty(), "it is closed once");
    play.send(Event::Start);
    assert_eq!(play.name(), ScreenName::Consent, "the page may start again");
    assert!(!play.state.closed);
}

#[test]
fn a_failure_that_the_person_can_mend_is_not_closed() {
    for place in [Place::FailedCamera, Place::FailedUpload] {
        let mut play = Play::at(place);
        play.send(Event::Close);
        assert!(play.effects.is_empty() && !play.state.closed, "{place:?}");
    }
}

#[test]
fn a_slow_camera_shows_where_to_look_for_the_question() {
    let mut play = Play::at(Place::Starting);
    play.tick(Timer::CameraSlow);
    assert_eq!(play.state.screen, Screen::Starting(Opening::Slow));
}

#[test]
fn a_camera_that_never_answers_ends_in_the_choice_of_a_file() {
    let mut play = Play::at(Place::Starting);
    play.tick(Timer::CameraSlow);
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Opening(Opening::Slow))));
    play.tick(Timer::CameraSlow);
    assert_eq!(play.state.screen, Screen::Failed { error: ErrorCode::CameraFailed, photo: None });
    assert!(play.closed_camera());
}

#[test]
fn a_picture_that_plays_only_after_a_tap_asks_for_one() {
    let mut play = Play::at(Place::Starting);
    let generation = play.camera_generation();
    play.send(Event::CameraNeedsTap { generation });
    assert_eq!(play.state.screen, Screen::Starting(Opening::Tap));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Opening(Opening::Tap))));
    play.clone().camera_opens();
    play.tick(Timer::CameraSlow);
    assert_eq!(play.name(), ScreenName::Failed, "the camera is not left on for ever");
    play.send(Event::CameraNeedsTap { generation });
    assert!(play.effects.is_empty());
}

#[test]
fn the_shutter_is_announced_on_every_road() {
    let roads: [fn(&mut Play); 3] = [
        |play| {
            play.tick(Timer::Shutter);
        },
        |play| {
            play.send(Event::Choosing);
        },
        |play| {
            play.config.capture = akiba_selfie::config::Capture::Manual;
            play.send(Event::ConfigChanged { customer: false, camera: false });
        },
    ];
    for (index, road) in roads.into_iter().enumerate() {
        let mut play = Play::new(config(|options| options.capture = None));
        play.send(Event::Start).send(Event::Consented).camera_opens();
        road(&mut play);
        assert!(play.has_shutter());
        assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Shutter)), "road {index}");
    }
}

#[test]
fn nothing_is_promised_before_the_first_report() {
    let mut play = Play::new(config(|options| options.capture = None));
    play.send(Event::Start).send(Event::Consented).camera_opens();
    let automatic = Effect::Announce(Announcement::Automatic);
    assert!(!play.effects.contains(&automatic));
    let mut late = play.clone();
    play.sees(&crate::faces::nobody(), 200);
    assert_eq!(play.effects.iter().filter(|effect| **effect == automatic).count(), 1);

    late.loses_vision();
    assert!(late.has_shutter());
    assert!(late.did(|effect| *effect == Effect::Announce(Announcement::CameraReady { shutter: true })));
    let cause = Some("no SIMD".into());
    assert!(late.told(|notice| matches!(notice, Notice::Guidance { cause: told, .. } if *told == cause)));
    late.sees(&crate::faces::nobody(), 1_000);
    assert!(!late.state.vision_unavailable, "late guidance comes in");
    assert!(late.has_shutter(), "and takes nothing away");
    assert_eq!(late.hint(), Some(Hint::NoFace));
}

#[test]
fn the_brightness_is_measured_only_while_nothing_is_analysed() {
    let measures = |play: &Play| play.did(|effect| matches!(effect, Effect::Measure { .. }));
    let mut play = Play::at(Place::Starting);
    play.camera_opens();
    let camera = Some(play.camera_generation());
    assert!(measures(&play));
    assert_eq!(play.state.measured_camera(), camera);
    play.sees(&crate::faces::nobody(), 200);
    assert_eq!(play.state.measured_camera(), None);
    play.loses_vision();
    assert!(measures(&play), "it begins again");
    assert_eq!(play.state.measured_camera(), camera);
    play.sees(&crate::faces::nobody(), 200);
    assert_eq!(play.state.measured_camera(), None);
}

#[test]
fn a_black_picture_shows_a_hint_until_there_is_light() {
    let mut play = Play::at(Place::Framing);
    let generation = play.camera_generation();
    for _ in 1..limits::BLACK_FRAMES {
        play.send(Event::FrameMeasured { generation, luminance: Luminance::default() });
        assert!(play.effects.is_empty());
    }
    play.send(Event::FrameMeasured { generation, luminance: Luminance::default() });
    assert_eq!(play.hint(), Some(Hint::NoPicture));
    assert!(play.told(|notice| matches!(notice, Notice::Guidance { hint: Hint::NoPicture, .. })));
    play.send(Event::FrameMeasured { generation, luminance: lit() });
    assert_eq!(play.hint(), Some(Hint::Position));
}

#[test]
fn an_even_grey_picture_is_not_black() {
    let mut play = Play::at(Place::Framing);
    let generation = play.camera_generation();
    for _ in 0..20 {
        play.send(Event::FrameMeasured { generation, luminance: Luminance { mean: 0.3, variance: 0.0 } });
    }
    assert_eq!(play.hint(), Some(Hint::Position));
}

#[test]
fn auto_capture_counts_down_and_takes_the_photo() {
    let mut play = Play::at(Place::Countdown);
    assert_eq!(play.state.screen, Screen::Countdown { left: 3 });
    play.tick(Timer::Countdown);
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Countdown(2))));
    play.tick(Timer::Countdown).tick(Timer::Countdown);
    assert!(play.did(|effect| matches!(effect, Effect::Grab { source: PhotoSource::Camera, .. })));
    assert_eq!(play.name(), ScreenName::Grabbing);
}

#[test]
fn auto_capture_waits_for_a_picture() {
    let mut play = Play::new(config(|options| (options.capture, options.countdown) = (None, true)));
    play.send(Event::Start).send(Event::Consented).camera_opens().loses_vision();
    let generation = play.camera_generation();
    for _ in 0..limits::BLACK_FRAMES {
        play.send(Event::FrameMeasured { generation, luminance: Luminance::default() });
    }
    play.tick(Timer::AutoCapture);
    assert_eq!(play.name(), ScreenName::Framing);
    play.send(Event::FrameMeasured { generation, luminance: lit() }).tick(Timer::AutoCapture);
    assert_eq!(play.name(), ScreenName::Countdown);
}

#[test]
fn manual_capture_starts_no_timer_for_the_photo() {
    let play = Play::at(Place::Framing);
    assert_eq!(play.state.timers.running().collect::<Vec<_>>(), [Timer::Away]);
}

#[test]
fn the_photo_closes_the_camera_and_is_shown() {
    let mut play = Play::at(Place::Grabbing);
    play.photo_comes(7);
    assert!(play.closed_camera());
    assert!(play.told(|notice| matches!(notice, Notice::Captured { photo, .. } if photo.id.0 == 7)));
    assert_eq!(play.name(), ScreenName::Review);
}

#[test]
fn the_page_hears_of_the_consent_once_and_only_if_the_element_asked_for_it() {
    let mut play = Play::at(Place::Consent);
    play.send(Event::Consented);
    assert!(play.told(|notice| *notice == Notice::Consented));
    play.send(Event::Consented);
    assert!(play.effects.is_empty());
    let mut play = Play::new(config(|options| options.no_consent = true));
    play.send(Event::Start).send(Event::Consented);
    assert!(!play.told(|notice| *notice == Notice::Consented));
}

#[test]
fn page_and_relay_hear_where_the_photo_comes_from() {
    for (event, wanted) in
        [(Event::Shutter, PhotoOrigin::Camera(CameraKind::Front)), (Event::FilePicked(FileId(1)), PhotoOrigin::File)]
    {
        // A file that did not become a photo changes nothing for the photo after it.
        let mut play = Play::at(Place::Framing);
        let camera = play.camera_generation();
        play.send(Event::FilePicked(FileId(9)));
        let generation = play.state.grab.unwrap();
        play.send(Event::GrabFailed { generation, failure: GrabFailure::NotAnImage }).send(Event::Retry);
        assert_ne!(play.camera_generation(), camera);
        play.camera_opens().send(event).photo_comes(7);
        assert!(play.told(|notice| matches!(notice, Notice::Captured { origin, .. } if *origin == wanted)));
        play.send(Event::Accept).link_comes(1, 60).upload_ends(Ok(()));
        assert!(play.did(|effect| matches!(effect, Effect::Verify { origin, .. } if *origin == wanted)), "{wanted:?}");
    }
}

#[test]
fn with_no_file_a_file_is_refused() {
    for place in [Place::Starting, Place::Framing, Place::FailedCamera] {
        let mut play = Play::at(place);
        play.config = config(|options| options.no_file = true);
        let before = play.state.clone();
        play.send(Event::Choosing).send(Event::FilePicked(FileId(1)));
        assert_eq!(play.state, before, "{place:?}");
    }
    // Where a file was the only way on, the person closes the failure.
    let mut play = Play::at(Place::Starting);
    play.config = config(|options| options.no_file = true);
    let generation = play.camera_generation();
    play.send(Event::CameraFailed { generation, error: ErrorCode::CameraBlocked }).send(Event::Close);
    assert!(play.state.closed);
    assert!(!ErrorCode::CameraBlocked.retryable(false) && ErrorCode::CameraBlocked.retryable(true));
    assert!(ErrorCode::CameraDenied.retryable(false));
}

#[test]
fn without_review_the_photo_is_sent_at_once() {
    let mut play = Play::new(config(|options| options.no_review = true));
    play.send(Event::Start).send(Event::Consented).camera_opens().link_comes(1, 60);
    play.send(Event::Shutter).photo_comes(1);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { .. })));
    assert_eq!(play.name(), ScreenName::Submitting);
}

#[test]
fn after_the_page_refuses_a_photo_the_camera_stays_on() {
    let mut play = Play::at(Place::Grabbing);
    let generation = play.state.grab.unwrap();
    play.send(Event::GrabFailed { generation, failure: GrabFailure::Prevented });
    assert_eq!(play.name(), ScreenName::Framing);
    assert!(matches!(play.state.camera, CameraState::Open(..)));
    assert!(!play.told(|notice| matches!(notice, Notice::Error(_))));
}

#[test]
fn refusing_a_file_opens_the_camera_again() {
    let mut play = Play::at(Place::Framing);
    play.send(Event::FilePicked(FileId(1)));
    assert!(play.closed_camera());
    let generation = play.state.grab.unwrap();
    play.send(Event::GrabFailed { generation, failure: GrabFailure::Prevented });
    assert_eq!(play.name(), ScreenName::Starting);
}

#[test]
fn after_every_camera_error_the_person_can_choose_a_file() {
    for &error in ErrorCode::ALL.iter().filter(|code| code.as_str().starts_with("camera-")) {
        let mut play = Play::at(Place::Starting);
        let generation = play.camera_generation();
        play.send(Event::CameraFailed { generation, error });
        play.send(Event::FilePicked(FileId(1)));
        assert!(
            play.did(|effect| matches!(effect, Effect::Grab { source: PhotoSource::File(FileId(1)), .. })),
            "{error:?}"
        );
        play.photo_comes(1);
        assert_eq!(play.name(), ScreenName::Review, "{error:?}");
    }
}

#[test]
fn a_hidden_page_closes_the_camera_and_a_visible_one_opens_it() {
    for place in [Place::Framing, Place::Countdown] {
        let mut play = Play::at(place);
        play.send(Event::Hidden);
        assert!(play.closed_camera());
        assert_eq!(play.state.screen, Screen::Starting(Opening::Paused));
        play.send(Event::Visible);
        assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
        assert_eq!(play.camera_opens().name(), ScreenName::Framing);
    }
}

#[test]
fn a_camera_that_opens_in_a_hidden_page_is_closed() {
    let mut play = Play::at(Place::Starting);
    play.send(Event::Hidden).camera_opens();
    assert_eq!(play.state.screen, Screen::Starting(Opening::Paused));
    assert_eq!(play.state.camera, CameraState::Closed);
    assert!(play.closed_camera());
}

#[test]
fn retake_drops_the_photo_and_keeps_an_unused_link() {
    let mut play = Play::at(Place::Framing);
    play.link_comes(1, 60).send(Event::Shutter).photo_comes(1).send(Event::Retake);
    assert!(play.dropped_photo());
    assert!(!play.dropped_link());
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
}

#[test]
fn retake_of_a_file_opens_no_camera_that_has_failed() {
    let mut play = Play::at(Place::FailedCamera);
    let failed = play.state.screen.clone();
    play.send(Event::FilePicked(FileId(1))).photo_comes(1).send(Event::Retake);
    assert!(!play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
    assert_eq!(play.state.screen, failed, "the person chooses again");
    play.send(Event::Retry).camera_opens().send(Event::FilePicked(FileId(2))).photo_comes(2).send(Event::Retake);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })), "this camera works");
}

#[test]
fn retake_after_an_upload_drops_the_link() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::Network)).tick(Timer::Retry).upload_ends(Err(UploadFailure::TooLarge));
    let generation = play.state.grab.unwrap();
    play.send(Event::GrabFailed { generation, failure: GrabFailure::Frame });
    assert_eq!(play.name(), ScreenName::Failed);
    play.send(Event::Retake);
    assert!(play.dropped_link());
}

#[test]
fn cancel_tells_the_page_and_ends_everything() {
    for place in Place::ALL {
        let mut play = Play::at(place);
        play.send(Event::Cancel);
        let over = matches!(place, Place::Idle | Place::Done | Place::Rejected);
        assert_eq!(play.told(|notice| *notice == Notice::Cancelled), !over, "{place:?}");
        if !over {
            assert_eq!(play.state.camera, CameraState::Closed);
            assert!(play.state.timers == Timers::default(), "{place:?}");
        }
    }
}

#[test]
fn leaving_the_document_aborts_what_is_in_flight() {
    for (place, ended) in [
        (Place::Framing, Play::aborted_link as fn(&Play) -> bool),
        (Place::Uploading, Play::aborted_upload),
        (Place::Verifying, Play::aborted_verify),
        (Place::Starting, Play::closed_camera),
    ] {
        let mut play = Play::at(place);
        play.send(Event::Disconnected);
        assert!(ended(&play), "{place:?}: {:?}", play.state);
    }
}

#[test]
fn valid_settings_after_invalid_ones_start_again() {
    let mut play = Play::at(Place::Idle);
    play.send(Event::ConfigRefused);
    assert!(play.told(|notice| *notice == Notice::Error(ErrorCode::Config)));
    play.send(Event::Start);
    assert_eq!(play.name(), ScreenName::Failed);
    play.send(Event::ConfigChanged { customer: false, camera: false });
    assert_eq!(play.name(), ScreenName::Idle);
}

#[test]
fn the_chosen_camera_is_kept() {
    let mut play = Play::at(Place::Framing);
    play.send(Event::SwitchCamera);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Next, .. })));
    play.camera_opens().send(Event::Hidden).send(Event::Visible);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Last, .. })));
    play.camera_opens().send(Event::Shutter).photo_comes(1).send(Event::Retake);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Last, .. })));
    play.send(Event::Cancel).send(Event::Start).send(Event::Consented);
    assert!(
        play.did(|effect| matches!(effect, Effect::OpenCamera { choice: CameraChoice::Facing(Facing::Front), .. }))
    );
}

#[test]
fn no_photo_is_taken_behind_a_file_dialog() {
    let mut play = Play::at(Place::Countdown);
    play.send(Event::Choosing);
    assert_eq!(play.name(), ScreenName::Framing);
    assert_eq!((play.timer(Timer::Countdown), play.timer(Timer::AutoCapture)), (None, None));
    play.send(Event::ChoseNone);
    assert!(play.timer(Timer::AutoCapture).is_some());
}

#[test]
fn a_camera_that_fails_in_a_hidden_page_is_opened_again_later() {
    let mut play = Play::at(Place::Starting);
    play.send(Event::Hidden);
    let generation = play.camera_generation();
    play.send(Event::CameraFailed { generation, error: ErrorCode::CameraInUse });
    assert_eq!(play.state.screen, Screen::Starting(Opening::Paused));
    play.send(Event::Visible);
    assert!(play.did(|effect| matches!(effect, Effect::OpenCamera { .. })));
}

#[test]
fn a_refused_photo_opens_no_camera_in_a_hidden_page() {
    let mut play = Play::at(Place::Grabbing);
    let generation = play.state.grab.unwrap();
    play.send(Event::Hidden).send(Event::GrabFailed { generation, failure: GrabFailure::Prevented });
    assert_eq!(play.state.camera, CameraState::Closed);
    assert_eq!(play.state.screen, Screen::Starting(Opening::Paused));
}

#[test]
fn covering_the_lens_stops_the_countdown() {
    let mut play = Play::at(Place::Countdown);
    let generation = play.camera_generation();
    for _ in 0..limits::BLACK_FRAMES {
        play.send(Event::FrameMeasured { generation, luminance: Luminance::default() });
    }
    assert_eq!(play.hint(), Some(Hint::NoPicture));
    assert_eq!(play.timer(Timer::Countdown), None);
}

#[test]
fn the_page_may_change_capture_while_framing() {
    let mut play = Play::at(Place::Countdown);
    play.config = config(|_| {});
    play.send(Event::ConfigChanged { customer: false, camera: false });
    assert_eq!((play.name(), play.timer(Timer::Countdown)), (ScreenName::Framing, None));
    play.config = config(|options| (options.capture, options.countdown) = (None, true));
    play.send(Event::ConfigChanged { customer: false, camera: false });
    assert!(play.timer(Timer::AutoCapture).is_some());
}
