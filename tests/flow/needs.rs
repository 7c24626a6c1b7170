//! What each state needs to stay open; the runner drops the rest.

use akiba_selfie::flow::{Event, FileId, LinkId, PhotoId, ScreenName};

use crate::play::{Place, Play, STALE, photo};

#[test]
fn a_pending_answer_is_kept_and_a_stale_one_is_dropped() {
    let mut play = Play::at(Place::Grabbing);
    let (grab, link) = (play.state.grab.unwrap(), play.link_generation());
    assert!(play.state.needs_photo(grab, PhotoId(7)) && play.state.needs_link(link, LinkId(7)));
    assert!(!play.state.needs_photo(STALE, PhotoId(7)) && !play.state.needs_link(STALE, LinkId(7)));
    play.send(Event::Cancel);
    assert!(!play.state.needs_photo(grab, PhotoId(7)) && !play.state.needs_link(link, LinkId(7)));
}

#[test]
fn only_the_current_photo_and_link_are_kept() {
    let play = Play::at(Place::Uploading);
    let state = &play.state;
    assert!(state.needs_photo(STALE, photo(1).id) && !state.needs_photo(STALE, PhotoId(2)));
    assert!(state.needs_link(STALE, LinkId(1)) && !state.needs_link(STALE, LinkId(2)));
}

#[test]
fn vision_and_session_are_needed_in_the_right_states() {
    for place in Place::ALL {
        let state = Play::at(place).state;
        let vision =
            matches!(place, Place::Starting | Place::Framing | Place::Countdown | Place::Grabbing | Place::Review);
        assert_eq!(state.needs_vision(), vision, "{place:?}");
        let over = matches!(place, Place::Idle | Place::Done | Place::Rejected);
        assert_eq!(state.needs_session(), !over, "{place:?}");
    }
}

#[test]
fn a_chosen_file_is_kept_until_it_is_a_photo() {
    let mut play = Play::at(Place::Framing);
    assert!(!play.state.needs_file());
    play.send(Event::FilePicked(FileId(1)));
    assert!(play.state.needs_file());
    play.photo_comes(1);
    assert!(!play.state.needs_file());
}

#[test]
fn only_a_submission_asks_before_the_page_is_left() {
    for place in Place::ALL {
        let play = Play::at(place);
        assert_eq!(play.state.needs_leave_guard(), play.name() == ScreenName::Submitting, "{place:?}");
    }
}
