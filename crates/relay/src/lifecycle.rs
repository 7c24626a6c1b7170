//! Where a session stands, and what may happen to it next ([`State`], [`Event`], [`State::after`]). Pure: the database
//! moves a session by compare-and-set along these lines and no others.
//!
//! ```text
//!  created ── link ──► link_issued ── verify ──► verifying ──► verified
//!     │                 │   ▲ ▲ ▲                   │ │ └────► rejected ── link ──► link_issued
//!     │                 │   │ │ └── not done ───────┘ │
//!     └── life over ────┤   │ └──── link ─┐           └ lost ► unknown ── repeat ──► verifying
//!                       ▼   └─────────────┘                     │  │ └─── late verdict ► verified, rejected
//!                    expired                link_issued ◄ release ─┘
//! ```

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Made by the host's back end; the page has not called yet.
    Created,
    /// A signed link was handed out.
    LinkIssued,
    /// The vendor is being asked for a verdict.
    Verifying,
    /// The vendor says that the selfie and the record show one person. Nothing happens any more.
    Verified,
    /// The vendor does not say so. A new link, and with it another selfie, may be asked for while the caps allow it, and
    /// unless the vendor has found fraud.
    Rejected,
    /// The vendor was asked, and its answer was lost: it may have judged and billed. Only the host's back end moves it on.
    Unknown,
    /// The session's life ended with no verdict. Nothing happens any more.
    Expired,
}

/// What happens to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The vendor gave a signed link.
    LinkIssued,
    /// The vendor is about to be asked for a verdict.
    VerifyStarted,
    /// The vendor says success.
    Verified,
    /// The vendor says anything else.
    Rejected,
    /// It is sure that the vendor did nothing: it was never reached, or it refused the call.
    NotDone,
    /// The vendor's answer was lost: too slow, broken, or the relay itself ended meanwhile.
    Lost,
    /// The host's back end asks the vendor again.
    Repeated,
    /// The host's back end gives the verdict up, so that another selfie may be sent.
    Released,
    /// The session's life is over.
    LifeOver,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::LinkIssued,
        Self::Verifying,
        Self::Verified,
        Self::Rejected,
        Self::Unknown,
        Self::Expired,
    ];

    /// Where the session stands after an event; `None` where the event can't happen.
    #[must_use]
    pub fn after(self, event: Event) -> Option<Self> {
        match (self, event) {
            (Self::Created | Self::LinkIssued | Self::Rejected, Event::LinkIssued)
            | (Self::Verifying, Event::NotDone)
            | (Self::Unknown, Event::Released) => Some(Self::LinkIssued),
            (Self::LinkIssued, Event::VerifyStarted) | (Self::Unknown, Event::Repeated) => Some(Self::Verifying),
            // A verdict that was given up for lost may still come.
            (Self::Verifying | Self::Unknown, Event::Verified) => Some(Self::Verified),
            (Self::Verifying | Self::Unknown, Event::Rejected) => Some(Self::Rejected),
            (Self::Verifying, Event::Lost) => Some(Self::Unknown),
            (Self::Created | Self::LinkIssued, Event::LifeOver) => Some(Self::Expired),
            _ => None,
        }
    }

    /// The word for it, in the database and in JSON.
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
        }
    }
}

/// The text names no [`State`].
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
    use super::Event::{LifeOver, LinkIssued, Lost, NotDone, Rejected, Released, Repeated, Verified, VerifyStarted};
    use super::State;

    #[test]
    fn each_state_takes_its_events_and_no_others() {
        let events = [LinkIssued, VerifyStarted, Verified, Rejected, NotDone, Lost, Repeated, Released, LifeOver];
        // A row for each state, a column for each event, in the order above.
        let table = [
            (State::Created, ["link_issued", "", "", "", "", "", "", "", "expired"]),
            (State::LinkIssued, ["link_issued", "verifying", "", "", "", "", "", "", "expired"]),
            (State::Verifying, ["", "", "verified", "rejected", "link_issued", "unknown", "", "", ""]),
            (State::Verified, ["", "", "", "", "", "", "", "", ""]),
            (State::Rejected, ["link_issued", "", "", "", "", "", "", "", ""]),
            (State::Unknown, ["", "", "verified", "rejected", "", "", "verifying", "link_issued", ""]),
            (State::Expired, ["", "", "", "", "", "", "", "", ""]),
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
    fn words_are_those_of_json_and_are_read_again() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("Created".parse::<State>().is_err());
    }
}
