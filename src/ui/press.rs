//! Which presses of a button count ([`Presses`]). Every button of the widget asks here, so that a second tap does
//! nothing on the screen that the first one opened: nobody agrees unread, and no photo is sent unseen.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Event;
use yew::MouseEvent;

use crate::flow::ScreenName;

/// A press this soon after a change of screen was meant for the screen before. People tap twice within 120 to 600 ms;
/// the later half of them comes with a click count.
const SETTLE_MS: f64 = 500.0;

/// Since when the buttons are where they are.
#[derive(Clone, Copy)]
struct Shown {
    screen: Option<ScreenName>,
    screen_since: f64,
    section_since: f64,
}

/// Decides which presses count. Clones share their memory.
#[derive(Clone)]
pub struct Presses(Rc<Cell<Shown>>);

impl Default for Presses {
    fn default() -> Self {
        let since = f64::NEG_INFINITY;
        Self(Rc::new(Cell::new(Shown { screen: None, screen_since: since, section_since: since })))
    }
}

impl PartialEq for Presses {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Presses {
    /// Call it after a screen was drawn. `now` is in milliseconds of the page's clock, as the time of an event.
    pub fn drawn(&self, screen: ScreenName, now: f64) {
        let shown = self.0.get();
        if shown.screen != Some(screen) {
            let same_section = is_camera(screen) && shown.screen.is_some_and(is_camera);
            let section_since = if same_section { shown.section_since } else { now };
            self.0.set(Shown { screen: Some(screen), screen_since: now, section_since });
        }
    }

    /// Whether the person meant this button.
    pub(super) fn is_meant(&self, event: &Event) -> bool {
        is_meant(clicks(event), event.time_stamp() - self.0.get().screen_since)
    }

    /// The same for a button that keeps place and meaning from one camera screen to the next.
    pub(super) fn is_meant_for_section(&self, event: &Event) -> bool {
        is_meant(clicks(event), event.time_stamp() - self.0.get().section_since)
    }
}

fn is_camera(screen: ScreenName) -> bool {
    matches!(screen, ScreenName::Starting | ScreenName::Framing | ScreenName::Countdown | ScreenName::Grabbing)
}

/// Returns the `detail` of a click. Browsers send no other event under this name.
fn clicks(event: &Event) -> i32 {
    event.unchecked_ref::<MouseEvent>().detail()
}

/// `clicks` is the event's `detail`: 0 from the keyboard, from assistive technology and from scripts, which do not
/// press by accident; otherwise the number of clicks in a row. `since` is the time since the change of screen. The
/// event's own time counts, because a busy device delivers a tap late.
fn is_meant(clicks: i32, since: f64) -> bool {
    clicks == 0 || clicks == 1 && since >= SETTLE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_tap_is_ignored() {
        for (clicks, since, meant) in [
            (1, f64::INFINITY, true),
            (1, 500.0, true),
            (1, 499.0, false),
            (1, 0.0, false),
            // Made before the screen was drawn.
            (1, -80.0, false),
            (2, 900.0, false),
            (3, f64::INFINITY, false),
            // The keyboard.
            (0, 0.0, true),
        ] {
            assert_eq!(is_meant(clicks, since), meant, "{clicks} clicks, {since} ms");
        }
    }

    #[test]
    fn the_time_begins_again_with_each_screen() {
        let presses = Presses::default();
        for (screen, now, screen_since, section_since) in [
            (ScreenName::Consent, 1_000.0, 1_000.0, 1_000.0),
            (ScreenName::Consent, 2_000.0, 1_000.0, 1_000.0),
            (ScreenName::Starting, 3_000.0, 3_000.0, 3_000.0),
            (ScreenName::Framing, 4_000.0, 4_000.0, 3_000.0),
            (ScreenName::Grabbing, 5_000.0, 5_000.0, 3_000.0),
            (ScreenName::Review, 6_000.0, 6_000.0, 6_000.0),
            (ScreenName::Starting, 7_000.0, 7_000.0, 7_000.0),
        ] {
            presses.drawn(screen, now);
            let shown = presses.0.get();
            assert_eq!((shown.screen_since, shown.section_since), (screen_since, section_since), "{screen:?} at {now}");
        }
    }
}
