//! The hand-off of a session from a desktop to a phone, as pure rules ([`State`], [`Event`], [`State::after`], [`may_act`]).
//! The database makes exactly these moves, each by compare-and-set.
//!
//! - [`code`]: the code in the link, and the numbers that the two screens compare.
//! - [`device`]: the kind of browser at the desktop.
//!
//! ```text
//!  waiting ── redeem ──► opened ── right number ──► confirmed
//!                           └────── wrong number ──► mistaken
//!
//!  waiting, opened ── time over ──► expired
//!  waiting, opened, confirmed ── end, or another hand-off ──► ended
//!  any state once a phone has opened it ── «I did not start this» ──► disowned
//! ```

pub mod code;
pub mod device;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a desktop's link can be opened, in milliseconds. A desktop renews it while it shows it.
pub const OPEN_WITHIN: i64 = 2 * 60_000;

/// How long the person has for the choice of the number, in milliseconds: long enough for a screen reader.
pub const CONFIRM_WITHIN: i64 = 5 * 60_000;

/// The most hand-offs of a session.
pub const MOST: i64 = 10;

/// Where a hand-off began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HandoffKind)]
pub enum Kind {
    /// At a desktop, which shows a number.
    Desktop,
    /// At the back end, which sends the link to the person. Nothing shows a number.
    Link,
}

/// The state of a hand-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HandoffState)]
pub enum State {
    /// No phone has opened the link yet.
    Waiting,
    /// A phone has opened the link, and shows three numbers.
    Opened,
    /// The person chose the desktop's number. The phone has the session's links.
    Confirmed,
    /// The person chose a wrong number. Final.
    Mistaken,
    /// The person said that they did not start this. Final; the session has ended, too.
    Disowned,
    /// The desktop ended it, or began another one. Final.
    Ended,
    /// Nobody opened the link or chose a number in time. Final.
    Expired,
}

/// What happens to a hand-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A phone opened the link.
    Redeemed,
    /// The person chose the desktop's number.
    RightNumber,
    /// The person chose another number.
    WrongNumber,
    /// The person said that they did not start this.
    Disowned,
    /// The desktop took the session back.
    Ended,
    /// The time was over.
    TimeOver,
}

impl State {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Opened, Self::Confirmed, Self::Mistaken, Self::Disowned, Self::Ended, Self::Expired];

    /// Returns the state after an event, or `None` if the event can't happen in this state.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        match (self, event) {
            (Self::Waiting, Event::Redeemed) => Some(Self::Opened),
            (Self::Opened, Event::RightNumber) => Some(Self::Confirmed),
            (Self::Opened, Event::WrongNumber) => Some(Self::Mistaken),
            // Also after its end: the desktop must not be able to silence the person.
            (Self::Opened | Self::Confirmed | Self::Mistaken | Self::Ended | Self::Expired, Event::Disowned) => {
                Some(Self::Disowned)
            }
            (Self::Waiting | Self::Opened | Self::Confirmed, Event::Ended) => Some(Self::Ended),
            (Self::Waiting | Self::Opened, Event::TimeOver) => Some(Self::Expired),
            _ => None,
        }
    }

    /// Returns the name of the state in the database and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Opened => "opened",
            Self::Confirmed => "confirmed",
            Self::Mistaken => "mistaken",
            Self::Disowned => "disowned",
            Self::Ended => "ended",
            Self::Expired => "expired",
        }
    }
}

/// The text is not the name of a [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a hand-off")]
pub struct UnknownState;

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }
}

/// What the back end says about hand-offs of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HandoffPolicy)]
pub enum Policy {
    /// The session stays where it began.
    Forbid,
    /// The person chooses.
    #[default]
    Allow,
    /// Only a phone gets links and verdicts.
    Demand,
}

/// Why a page may not ask for links or verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The session needs a hand-off first.
    NeedsHandoff,
    /// The session is at a phone, and the caller is the desktop.
    AtPhone,
    /// The caller is a phone whose hand-off is over.
    HandoffOver,
}

/// Returns whether a page may ask for links and verdicts. `holder` is the hand-off that has the session, and `caller` the
/// one of the caller's token; the desktop's token has none.
///
/// # Errors
/// [`Barred`].
pub fn may_act(policy: Policy, holder: Option<&str>, caller: Option<&str>) -> Result<(), Barred> {
    match caller {
        None if holder.is_some() => Err(Barred::AtPhone),
        None if policy == Policy::Demand => Err(Barred::NeedsHandoff),
        Some(_) if holder != caller => Err(Barred::HandoffOver),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Event::{Disowned, Ended, Redeemed, RightNumber, TimeOver, WrongNumber};
    use super::{Barred, Policy, State, may_act};

    #[test]
    fn every_state_of_a_hand_off_accepts_only_its_events() {
        let events = [Redeemed, RightNumber, WrongNumber, Disowned, Ended, TimeOver];
        // A row for each state, a column for each event, in the order above.
        let table = [
            (State::Waiting, ["opened", "", "", "", "ended", "expired"]),
            (State::Opened, ["", "confirmed", "mistaken", "disowned", "ended", "expired"]),
            (State::Confirmed, ["", "", "", "disowned", "ended", ""]),
            (State::Mistaken, ["", "", "", "disowned", "", ""]),
            (State::Disowned, [""; 6]),
            (State::Ended, ["", "", "", "disowned", "", ""]),
            (State::Expired, ["", "", "", "disowned", "", ""]),
        ];
        assert_eq!(table.map(|(state, _)| state), State::ALL);
        for (state, row) in table {
            for (event, expected) in events.into_iter().zip(row) {
                let after = state.after(event).map_or("", State::as_str);
                assert_eq!(after, expected, "{state:?} after {event:?}");
            }
        }
    }

    #[test]
    fn names_of_states_equal_the_json_names_and_parse_back() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("Waiting".parse::<State>().is_err());
    }

    #[test]
    fn one_page_at_a_time_has_the_session() {
        let rows = [
            (None, None, Ok(()), Err(Barred::NeedsHandoff)),
            (Some("a"), Some("a"), Ok(()), Ok(())),
            (Some("a"), None, Err(Barred::AtPhone), Err(Barred::AtPhone)),
            (None, Some("a"), Err(Barred::HandoffOver), Err(Barred::HandoffOver)),
            (Some("b"), Some("a"), Err(Barred::HandoffOver), Err(Barred::HandoffOver)),
        ];
        for (holder, caller, allowed, demanded) in rows {
            for policy in [Policy::Allow, Policy::Forbid] {
                assert_eq!(may_act(policy, holder, caller), allowed, "{holder:?} {caller:?}");
            }
            assert_eq!(may_act(Policy::Demand, holder, caller), demanded, "{holder:?} {caller:?}");
        }
    }
}
