//! The state machine of a session ([`State`], [`Event`], [`State::after`]). Pure. The database makes exactly these moves,
//! each by compare-and-set.
//!
//! ```text
//!  created ── link ──► link_issued ── verify ──► verifying ──► verified
//!     │                 │   ▲ ▲ ▲                   │ │ └────► rejected ── link ──► link_issued
//!     │                 │   │ │ └── not done ───────┘ │
//!     └── life over ────┤   │ └──── link ─┐           └ lost ► unknown ── repeat ──► verifying
//!                       ▼   └─────────────┘                     │  │ └─── late verdict ► verified, rejected
//!                    expired                link_issued ◄ release ─┘
//!
//!  created, link_issued, rejected ── «I did not start this» ──► disowned
//! ```

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The host's back end has created the session; the page has not called yet.
    Created,
    /// The page has a signed link.
    LinkIssued,
    /// The vendor is being asked for a verdict.
    Verifying,
    /// The vendor says that the selfie and the record show the same person. Final.
    Verified,
    /// The vendor did not verify the selfie. The page may ask for a new link, for another selfie, within the session's
    /// limits, unless the vendor found fraud.
    Rejected,
    /// The vendor was asked and its answer was lost. The vendor may have judged and billed. The host's back end decides
    /// what to do next.
    Unknown,
    /// The session expired without a verdict. Final.
    Expired,
    /// The person at the phone said that they did not start this. Final.
    Disowned,
}

/// What happens to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The vendor issued a signed link.
    LinkIssued,
    /// The vendor is about to be asked for a verdict.
    VerifyStarted,
    /// The vendor verified the selfie.
    Verified,
    /// The vendor answered anything else.
    Rejected,
    /// The vendor certainly did nothing: it was not reached, or it refused the call.
    NotDone,
    /// The vendor's answer was lost: it timed out, it was unreadable, or the relay ended in the meantime.
    Lost,
    /// The host's back end had the vendor asked again.
    Repeated,
    /// The host's back end gave up the verdict, so that the page may send another selfie.
    Released,
    /// The session expired.
    LifeOver,
    /// The person at the phone said that they did not start this.
    Disowned,
}

impl State {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::LinkIssued,
        Self::Verifying,
        Self::Verified,
        Self::Rejected,
        Self::Unknown,
        Self::Expired,
        Self::Disowned,
    ];

    /// Returns the state after an event, or `None` if the event can't happen in this state.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        match (self, event) {
            (Self::Created | Self::LinkIssued | Self::Rejected, Event::LinkIssued)
            | (Self::Verifying, Event::NotDone)
            | (Self::Unknown, Event::Released) => Some(Self::LinkIssued),
            (Self::LinkIssued, Event::VerifyStarted) | (Self::Unknown, Event::Repeated) => Some(Self::Verifying),
            // A verdict that counts as lost may still arrive.
            (Self::Verifying | Self::Unknown, Event::Verified) => Some(Self::Verified),
            (Self::Verifying | Self::Unknown, Event::Rejected) => Some(Self::Rejected),
            (Self::Verifying, Event::Lost) => Some(Self::Unknown),
            (Self::Created | Self::LinkIssued, Event::LifeOver) => Some(Self::Expired),
            (Self::Created | Self::LinkIssued | Self::Rejected, Event::Disowned) => Some(Self::Disowned),
            _ => None,
        }
    }

    /// Returns the name of the state in the database and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::LinkIssued => "link_issued",
            Self::Verifying => "verifying",
            Self::Verified => "verified",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Disowned => "disowned",
        }
    }
}

/// The text is not the name of a [`State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a session")]
pub struct UnknownState;

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }
}

#[cfg(test)]
mod tests {
    use super::Event::{
        Disowned, LifeOver, LinkIssued, Lost, NotDone, Rejected, Released, Repeated, Verified, VerifyStarted,
    };
    use super::State;

    #[test]
    fn every_state_accepts_only_its_events() {
        let events =
            [LinkIssued, VerifyStarted, Verified, Rejected, NotDone, Lost, Repeated, Released, LifeOver, Disowned];
        // A row for each state, a column for each event, in the order above.
        let table = [
            (State::Created, ["link_issued", "", "", "", "", "", "", "", "expired", "disowned"]),
            (State::LinkIssued, ["link_issued", "verifying", "", "", "", "", "", "", "expired", "disowned"]),
            (State::Verifying, ["", "", "verified", "rejected", "link_issued", "unknown", "", "", "", ""]),
            (State::Verified, ["", "", "", "", "", "", "", "", "", ""]),
            (State::Rejected, ["link_issued", "", "", "", "", "", "", "", "", "disowned"]),
            (State::Unknown, ["", "", "verified", "rejected", "", "", "verifying", "link_issued", "", ""]),
            (State::Expired, ["", "", "", "", "", "", "", "", "", ""]),
            (State::Disowned, ["", "", "", "", "", "", "", "", "", ""]),
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
    fn names_equal_the_json_names_and_parse_back() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("Created".parse::<State>().is_err());
    }
}
