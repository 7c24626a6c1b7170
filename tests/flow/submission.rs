//! From a photo to a verdict: the reaction to each failure, row by row.

use std::time::Duration;

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{
    Announcement, Delay, Effect, ErrorCode, Event, LinkId, NextStep, Notice, Phase, PhotoSource, RelayFailure, Screen,
    ScreenName, Timer, Timers, Wait, limits, upload_code,
};

use crate::play::{Place, Play, photo};

fn wait_of(play: &Play) -> Option<Wait> {
    match play.state.screen {
        Screen::Submitting { wait, .. } => wait,
        _ => None,
    }
}

fn failed_with(play: &Play) -> Option<ErrorCode> {
    match play.state.screen {
        Screen::Failed { error, photo } => {
            assert!(photo.is_some(), "the photo is kept");
            Some(error)
        }
        _ => None,
    }
}

#[test]
fn a_submission_with_a_prefetched_link_succeeds() {
    let mut play = Play::at(Place::Framing);
    play.link_comes(5, 60).send(Event::Shutter).photo_comes(1).send(Event::Accept);
    assert!(play.did(|effect| matches!(
        effect,
        Effect::Upload { link: LinkId(5), omit_content_type: false, tried_before: false, .. }
    )));
    let generation = play.state.upload().unwrap();
    play.send(Event::UploadProgress { generation, sent: 120_000, total: 200_000 });
    assert!(play.told(|notice| *notice == Notice::Progress(Phase::Uploading { sent: 120_000, total: 200_000 })));
    assert!(play.did(|effect| *effect == Effect::Announce(Announcement::Quarter(2))));
    play.upload_ends(Ok(()));
    assert!(play.did(|effect| matches!(effect, Effect::Verify { link: LinkId(5), .. })));
    play.verify_ends(Ok("success"));
    assert_eq!(play.name(), ScreenName::Done);
    assert!(play.told(|notice| matches!(notice, Notice::Verdict { judgement, .. } if judgement.is_verified())));
    assert!(play.dropped_photo());
    assert!(play.dropped_link());
    assert!(play.state.timers == Timers::default());
}

#[test]
fn temporary_failures_are_retried_with_growing_pauses_before_the_person_is_asked() {
    for failure in [UploadFailure::Network, UploadFailure::Busy, UploadFailure::Stalled] {
        let mut play = Play::at(Place::Uploading);
        for failed in 1..limits::MAX_ATTEMPTS {
            play.upload_ends(Err(failure));
            let most = limits::backoff(failed);
            let wanted = Delay::Jittered { least: Duration::ZERO, most };
            assert!(
                play.did(
                    |effect| matches!(effect, Effect::StartTimer { timer: Timer::Retry, delay, .. } if *delay == wanted)
                ),
                "{failure:?} {failed}: {:?}",
                play.effects
            );
            assert_eq!(wait_of(&play), Some(Wait::Pause));
            play.tick(Timer::Retry);
            assert!(play.did(|effect| matches!(effect, Effect::Upload { tried_before: true, .. })));
        }
        play.upload_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(upload_code(failure)));
        play.send(Event::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::Upload { .. })), "the person can send the same photo again");
    }
}

#[test]
fn retries_and_ends_are_announced() {
    let says = |play: &Play, wanted| play.did(|effect| *effect == Effect::Announce(wanted));
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::Network));
    assert!(says(&play, Announcement::Retrying(2)));
    play.tick(Timer::Retry).upload_ends(Err(UploadFailure::Refused));
    assert!(says(&play, Announcement::Failed(ErrorCode::UploadRefused)));
    for (status, verified) in [("success", true), ("failed", false)] {
        let mut play = Play::at(Place::Verifying);
        play.verify_ends(Ok(status));
        assert!(says(&play, Announcement::Verdict { verified }));
    }
}

#[test]
fn pauses_double_up_to_sixteen_seconds() {
    let pauses: Vec<u64> = (1..=7).map(|failed| limits::backoff(failed).as_secs()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 16, 16]);
}

#[test]
fn offline_it_tries_a_few_times_and_then_waits_for_the_network_or_the_person() {
    let mut play = Play::at(Place::Uploading);
    play.send(Event::Offline);
    for _ in 0..limits::MAX_OFFLINE_PROBES {
        play.upload_ends(Err(UploadFailure::Network));
        assert_eq!(wait_of(&play), Some(Wait::Network));
        assert!(play.did(|effect| *effect == Effect::Announce(Announcement::WaitingForNetwork)));
        play.tick(Timer::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::Upload { .. })), "the browser may be wrong");
    }
    play.upload_ends(Err(UploadFailure::Network));
    assert_eq!((wait_of(&play), play.timer(Timer::Retry)), (Some(Wait::Network), None));
    let mut asked = play.clone();
    play.send(Event::Online);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { .. })));
    asked.send(Event::Retry);
    assert!(asked.did(|effect| matches!(effect, Effect::Upload { .. })));
}

#[test]
fn an_upload_gets_five_more_seconds_offline() {
    let mut play = Play::at(Place::Uploading);
    play.send(Event::Offline);
    let wanted = Delay::After(limits::STALL_OFFLINE);
    assert!(
        play.did(|effect| matches!(effect, Effect::StartTimer { timer: Timer::Stall, delay, .. } if *delay == wanted))
    );
    play.tick(Timer::Stall);
    assert!(play.aborted_upload());
    assert_eq!(wait_of(&play), Some(Wait::Network));
}

#[test]
fn a_link_that_expires_during_a_pause_is_replaced() {
    let mut play = Play::at(Place::Uploading);
    play.send(Event::Offline).upload_ends(Err(UploadFailure::Network)).tick(Timer::LinkLife);
    assert!(play.dropped_link());
    play.send(Event::Online);
    assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
    play.link_comes(9, 60);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { link: LinkId(9), tried_before: false, .. })));
}

#[test]
fn a_link_that_expires_during_the_upload_is_not_tried_again() {
    let mut play = Play::at(Place::Uploading);
    play.tick(Timer::LinkLife);
    assert!(play.effects.is_empty(), "S3 checks the expiry when an upload begins");
    play.upload_ends(Err(UploadFailure::Network)).tick(Timer::Retry);
    assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
}

#[test]
fn an_expired_link_is_replaced_once() {
    for failure in [UploadFailure::Expired, UploadFailure::ClockSkew] {
        let mut play = Play::at(Place::Uploading);
        play.upload_ends(Err(failure));
        assert!(play.dropped_link());
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
        play.link_comes(2, 60).upload_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(upload_code(failure)));
        play.send(Event::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "the expired link is not used again");
    }
}

#[test]
fn permanent_failures_end_the_submission_and_keep_the_photo() {
    for failure in [UploadFailure::Signature, UploadFailure::Refused] {
        let mut play = Play::at(Place::Uploading);
        play.upload_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(ErrorCode::UploadRefused));
    }
}

#[test]
fn an_old_style_link_is_tried_once_without_content_type() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::SignatureV2));
    assert!(play.did(|effect| matches!(effect, Effect::Upload { omit_content_type: true, .. })));
    play.upload_ends(Err(UploadFailure::SignatureV2));
    assert_eq!(failed_with(&play), Some(ErrorCode::UploadRefused));
}

#[test]
fn a_photo_that_is_too_large_is_made_smaller_once() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::TooLarge));
    assert!(play.did(|effect| matches!(effect, Effect::Grab { source: PhotoSource::Photo(_), .. })));
    play.photo_comes(2);
    assert!(play.dropped_photo());
    assert!(play.did(|effect| matches!(effect, Effect::Upload { photo: id, .. } if *id == photo(2).id)));
    assert!(!play.told(|notice| matches!(notice, Notice::Captured { .. })), "for the page it is the same photo");
    play.upload_ends(Err(UploadFailure::TooLarge));
    assert_eq!(failed_with(&play), Some(ErrorCode::UploadTooLarge));
}

#[test]
fn a_damaged_photo_is_sent_again_once() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::Damaged));
    assert!(play.did(|effect| matches!(effect, Effect::Upload { .. })));
    play.upload_ends(Err(UploadFailure::Damaged));
    assert_eq!(failed_with(&play), Some(ErrorCode::UploadDamaged));
}

#[test]
fn an_upload_that_may_have_arrived_continues_with_the_verdict() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::Network)).tick(Timer::Retry);
    play.upload_ends(Err(UploadFailure::MayHaveLanded));
    assert!(play.did(|effect| matches!(effect, Effect::Verify { .. })));
}

#[test]
fn a_stalled_upload_is_aborted_and_progress_restarts_its_timer() {
    let mut play = Play::at(Place::Uploading);
    let first = play.timer(Timer::Stall).unwrap();
    let generation = play.state.upload().unwrap();
    play.send(Event::UploadProgress { generation, sent: 1, total: 200_000 });
    assert_ne!(play.timer(Timer::Stall), Some(first));
    play.send(Event::UploadProgress { generation, sent: 1, total: 200_000 });
    assert!(play.effects.is_empty(), "without a new byte the timer does not restart");
    play.tick(Timer::Stall);
    assert!(play.aborted_upload());
    assert_eq!(wait_of(&play), Some(Wait::Pause));
}

#[test]
fn a_body_that_the_browser_repeats_shows_no_more_than_all_bytes() {
    let mut play = Play::at(Place::Uploading);
    let generation = play.state.upload().unwrap();
    for sent in [200_000, 300_000, 400_000] {
        let before = play.timer(Timer::Stall);
        play.send(Event::UploadProgress { generation, sent, total: 200_000 });
        let shown = match play.state.screen {
            Screen::Submitting { phase: Phase::Uploading { sent, total }, .. } => Some((sent, total)),
            _ => None,
        };
        assert_eq!(shown, Some((200_000, 200_000)));
        assert_ne!(play.timer(Timer::Stall), before, "it has not stalled");
    }
}

#[test]
fn the_link_request_is_retried_after_temporary_failures() {
    for (failure, code, again) in [
        (RelayFailure::Unreachable, ErrorCode::RelayUnreachable, true),
        (RelayFailure::SessionUnavailable, ErrorCode::RelayUnreachable, true),
        (RelayFailure::Timeout, ErrorCode::RelayTimeout, true),
        (RelayFailure::Busy { retry_after: None }, ErrorCode::RelayBusy, true),
        (RelayFailure::Failed, ErrorCode::RelayFailed, true),
        (RelayFailure::Session, ErrorCode::Session, false),
        (RelayFailure::SessionDone, ErrorCode::SessionDone, false),
        (RelayFailure::SessionLimit, ErrorCode::SessionLimit, false),
        (RelayFailure::VerdictUnknown, ErrorCode::VerdictUnknown, false),
        (RelayFailure::Forbidden, ErrorCode::RelayForbidden, false),
        (RelayFailure::UnknownCustomer, ErrorCode::CustomerUnknown, false),
        (RelayFailure::Refused, ErrorCode::RelayRefused, false),
        (RelayFailure::Reply, ErrorCode::RelayReply, false),
        (RelayFailure::LinkUnusable, ErrorCode::LinkUnusable, false),
        (RelayFailure::LinkChecksum, ErrorCode::LinkChecksum, false),
        (RelayFailure::LinkHeaders, ErrorCode::LinkHeaders, false),
    ] {
        let mut play = Play::at(Place::Linking);
        let generation = play.link_generation();
        play.send(Event::LinkFailed { generation, failure });
        assert_eq!(wait_of(&play), again.then_some(Wait::Pause), "{failure:?}");
        if again {
            play.tick(Timer::Retry);
            assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "{failure:?}");
        } else {
            assert_eq!(failed_with(&play), Some(code), "{failure:?}");
        }
    }
}

#[test]
fn retry_after_is_the_shortest_pause_and_a_long_one_asks_the_person() {
    let mut play = Play::at(Place::Linking);
    let generation = play.link_generation();
    let busy = |seconds| RelayFailure::Busy { retry_after: Some(Duration::from_secs(seconds)) };
    play.send(Event::LinkFailed { generation, failure: busy(7) });
    let wanted = Delay::Jittered { least: Duration::from_secs(7), most: Duration::from_secs(8) };
    assert!(play.did(|effect| matches!(effect, Effect::StartTimer { delay, .. } if *delay == wanted)));
    play.tick(Timer::Retry);
    let generation = play.link_generation();
    play.send(Event::LinkFailed { generation, failure: busy(120) });
    assert_eq!(failed_with(&play), Some(ErrorCode::RelayBusy));
}

#[test]
fn a_verdict_request_is_retried_only_if_nothing_was_done() {
    for failure in [
        RelayFailure::Unreachable,
        RelayFailure::Timeout,
        RelayFailure::Failed,
        RelayFailure::Reply,
        RelayFailure::Session,
    ] {
        let mut play = Play::at(Place::Verifying);
        play.verify_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(failure.code()));
        play.send(Event::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::Verify { .. })), "no second upload: {failure:?}");
        assert!(!play.did(|effect| matches!(effect, Effect::Upload { .. })));
    }
    for failure in [RelayFailure::Busy { retry_after: None }, RelayFailure::SessionUnavailable] {
        let mut play = Play::at(Place::Verifying);
        play.verify_ends(Err(failure));
        assert_eq!(wait_of(&play), Some(Wait::Pause), "{failure:?}");
    }
}

/// The relay keeps the verdict, and returns it to a repeated request.
#[test]
fn with_a_session_a_lost_answer_to_the_verdict_request_is_requested_again() {
    for failure in [RelayFailure::Unreachable, RelayFailure::Timeout] {
        let mut play = Play::at(Place::Verifying);
        play.config.session = true;
        play.verify_ends(Err(failure));
        assert_eq!(wait_of(&play), Some(Wait::Pause), "{failure:?}");
        play.tick(Timer::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::Verify { .. })));
        for _ in 2..limits::MAX_ATTEMPTS {
            play.verify_ends(Err(failure)).tick(Timer::Retry);
        }
        play.verify_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(failure.code()));
    }
    let mut play = Play::at(Place::Verifying);
    play.config.session = true;
    play.verify_ends(Err(RelayFailure::Failed));
    assert_eq!(failed_with(&play), Some(ErrorCode::RelayFailed), "the relay's word: its back end decides");
}

#[test]
fn a_session_function_that_fails_offline_waits_for_the_network() {
    for place in [Place::Linking, Place::Verifying] {
        let mut play = Play::at(place);
        play.send(Event::Offline);
        if place == Place::Linking {
            let generation = play.link_generation();
            play.send(Event::LinkFailed { generation, failure: RelayFailure::SessionUnavailable });
        } else {
            play.verify_ends(Err(RelayFailure::SessionUnavailable));
        }
        assert_eq!(wait_of(&play), Some(Wait::Network), "{place:?}");
        play.send(Event::Online);
        assert_eq!(wait_of(&play), None, "it goes on by itself");
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. } | Effect::Verify { .. })), "{place:?}");
    }
}

#[test]
fn a_hopeless_failure_is_not_retried() {
    for failure in [RelayFailure::SessionDone, RelayFailure::SessionLimit, RelayFailure::VerdictUnknown] {
        let mut play = Play::at(Place::Verifying);
        play.verify_ends(Err(failure));
        assert_eq!(failed_with(&play), Some(failure.code()));
        play.send(Event::Retry);
        assert_eq!(failed_with(&play), Some(failure.code()));
        assert!(!play.did(|effect| {
            matches!(effect, Effect::Verify { .. } | Effect::Upload { .. } | Effect::RequestLink { .. })
        }));
    }
}

#[test]
fn a_link_of_another_session_is_replaced_once_and_the_photo_is_kept() {
    let mut play = Play::at(Place::Verifying);
    let photo = play.state.screen.photo().unwrap();
    play.verify_ends(Err(RelayFailure::LinkVoid));
    assert!(play.dropped_link());
    assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
    play.link_comes(8, 60);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { photo: sent, .. } if *sent == photo.id)));
    play.upload_ends(Ok(()));
    play.verify_ends(Err(RelayFailure::LinkVoid));
    assert_eq!(failed_with(&play), Some(ErrorCode::RelayForbidden));
    assert_eq!(play.state.screen.photo(), Some(photo));
}

#[test]
fn a_verdict_request_waits_for_the_network() {
    let mut play = Play::at(Place::Verifying);
    play.verify_ends(Err(RelayFailure::Unreachable)).send(Event::Offline).send(Event::Retry);
    assert_eq!((wait_of(&play), play.timer(Timer::Retry)), (Some(Wait::Network), None));
    assert!(!play.did(|effect| matches!(effect, Effect::Verify { .. })));
    for event in [Event::Online, Event::Retry] {
        let mut play = play.clone();
        play.send(event);
        assert!(play.did(|effect| matches!(effect, Effect::Verify { .. })));
    }
}

#[test]
fn an_answer_proves_the_network_whatever_the_browser_reports() {
    let mut play = Play::at(Place::Uploading);
    play.send(Event::Offline).upload_ends(Ok(()));
    assert!(play.did(|effect| matches!(effect, Effect::Verify { .. })), "the upload has just used the network");

    let mut play = Play::at(Place::Uploading);
    play.send(Event::Offline).upload_ends(Err(UploadFailure::Busy));
    assert_eq!(wait_of(&play), Some(Wait::Pause));

    let mut play = Play::at(Place::Linking);
    let generation = play.link_generation();
    play.send(Event::Offline).send(Event::LinkFailed { generation, failure: RelayFailure::Failed });
    assert_eq!(wait_of(&play), Some(Wait::Pause));

    let mut play = Play::at(Place::Verifying);
    play.send(Event::Offline).verify_ends(Err(RelayFailure::Busy { retry_after: None }));
    assert_eq!(wait_of(&play), Some(Wait::Pause));

    let mut play = Play::at(Place::Linking);
    play.send(Event::Offline).link_comes(3, 60).upload_ends(Err(UploadFailure::Network));
    assert_eq!(wait_of(&play), Some(Wait::Pause));
}

#[test]
fn a_412_on_the_first_attempt_is_permanent_and_the_link_is_not_used_again() {
    let mut play = Play::at(Place::Uploading);
    play.upload_ends(Err(UploadFailure::Refused));
    assert!(play.dropped_link());
    play.send(Event::Retry).link_comes(8, 60);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { tried_before: false, .. })));
}

#[test]
fn after_an_explicit_rejection_the_upload_counts_as_a_first_attempt() {
    for failure in [UploadFailure::Damaged, UploadFailure::SignatureV2] {
        let mut play = Play::at(Place::Uploading);
        play.upload_ends(Err(failure));
        assert!(play.did(|effect| matches!(effect, Effect::Upload { tried_before: false, .. })), "{failure:?}");
    }
}

#[test]
fn five_stalls_end_the_submission_even_with_new_links() {
    let mut play = Play::at(Place::Uploading);
    for _ in 1..limits::MAX_ATTEMPTS {
        play.tick(Timer::LinkLife).tick(Timer::Stall).tick(Timer::Retry);
        assert!(play.did(|effect| matches!(effect, Effect::RequestLink { .. })));
        play.link_comes(2, 60);
    }
    play.tick(Timer::Stall);
    assert_eq!(failed_with(&play), Some(ErrorCode::UploadStalled));
}

#[test]
fn network_failures_after_the_links_expiry_count_like_others() {
    let mut play = Play::at(Place::Uploading);
    for _ in 0..3 {
        play.tick(Timer::LinkLife).upload_ends(Err(UploadFailure::Network)).tick(Timer::Retry).link_comes(2, 60);
    }
    assert_eq!(play.name(), ScreenName::Submitting);
}

#[test]
fn the_answer_after_the_last_byte_gets_more_time() {
    let mut play = Play::at(Place::Uploading);
    let generation = play.state.upload().unwrap();
    let stall = |play: &Play| {
        play.effects.iter().find_map(|effect| match effect {
            Effect::StartTimer { timer: Timer::Stall, delay, .. } => Some(*delay),
            _ => None,
        })
    };
    play.send(Event::UploadProgress { generation, sent: 200_000, total: 200_000 });
    assert_eq!(stall(&play), Some(Delay::After(limits::STALL_ANSWER)));
    play.send(Event::Offline);
    assert_eq!(stall(&play), Some(Delay::After(limits::STALL_OFFLINE)));
    play.send(Event::Online);
    assert_eq!(stall(&play), Some(Delay::After(limits::STALL_ANSWER)));
}

#[test]
fn rejections_in_a_row_are_counted() {
    let mut play = Play::at(Place::Rejected);
    for count in 1..=limits::MANY_REJECTIONS {
        assert_eq!(play.state.rejections, count);
        play.send(Event::Retake).camera_opens().send(Event::Shutter).photo_comes(9).send(Event::Accept);
        play.link_comes(9, 60).upload_ends(Ok(())).verify_ends(Ok("failed"));
        assert_eq!(play.name(), ScreenName::Done);
    }
    play.send(Event::Start);
    assert_eq!(play.state.rejections, 0, "perhaps another person");
}

#[test]
fn after_a_failure_the_page_can_do_what_the_person_can_do() {
    for &error in ErrorCode::ALL {
        for (event, step) in [(Event::Accept, NextStep::Resubmit), (Event::Retake, NextStep::Retake)] {
            let mut play = Play::at(Place::FailedUpload);
            play.state.screen = Screen::Failed { error, photo: Some(photo(1)) };
            let before = play.state.clone();
            play.send(event.clone());
            assert_eq!(play.state != before, error.offers(step), "{event:?} after {error:?}");
        }
    }
}

#[test]
fn a_lost_verdict_is_not_asked_for_again_by_the_page() {
    let mut play = Play::at(Place::Verifying);
    play.verify_ends(Err(RelayFailure::VerdictUnknown));
    for event in [Event::Accept, Event::Retake, Event::Retry, Event::Start] {
        play.send(event.clone());
        assert_eq!(play.name(), ScreenName::Failed, "{event:?}");
        assert!(play.effects.is_empty(), "{event:?}");
    }
}

#[test]
fn only_an_explicit_success_is_verified() {
    for status in ["failed", "Success", "", "pending"] {
        let mut play = Play::at(Place::Verifying);
        play.verify_ends(Ok(status));
        assert!(
            play.told(|notice| matches!(notice, Notice::Verdict { judgement, .. } if !judgement.is_verified())),
            "{status}"
        );
    }
}

#[test]
fn a_photo_of_one_customer_is_never_sent_for_another() {
    for place in [Place::Review, Place::Linking, Place::Uploading, Place::FailedUpload] {
        let mut play = Play::at(place);
        play.send(Event::ConfigChanged { customer: true, camera: false });
        assert_eq!(play.name(), ScreenName::Idle, "{place:?}");
        assert!(play.dropped_photo(), "{place:?}");
    }
}

#[test]
fn a_late_link_causes_no_second_request() {
    let mut play = Play::at(Place::Linking);
    assert!(!play.did(|effect| matches!(effect, Effect::RequestLink { .. })), "the prefetched link is awaited");
    play.link_comes(3, 60);
    assert!(play.did(|effect| matches!(effect, Effect::Upload { link: LinkId(3), .. })));
}
