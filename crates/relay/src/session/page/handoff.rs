//! The desktop's half of a hand-off: it shows a link and a number, follows what the phone does, and can take the session back
//! ([`Sessions::begin_handoff`], [`Sessions::follow_handoff`], [`Sessions::end_handoff`]). After a reload it finds it again
//! ([`Sessions::held_handoff`]).

use std::net::IpAddr;
use std::time::Duration;

use akiba_protocol::ProblemCode;
use serde::Serialize;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::audit::{Action, Entry};
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::handoff::code::{Numbers, Secret, hash, new_code};
use crate::handoff::device::Device;
use crate::handoff::{Barred, Kind, OPEN_WITHIN, State, may_act};
use crate::lifecycle;
use crate::limits::bucket::Bucket;
use crate::session::Sessions;
use crate::session::handoff::{handoff_state, no_random};
use crate::session::record::OpenSession;
use crate::store::handoffs::{HandoffRow, Move};

/// The longest wait for a change. Proxies close a connection that is silent for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// Pause between two reads of the database meanwhile. A change at this relay is noticed at once.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Who calls, as far as the relay can tell.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The kind of its browser.
    pub device: Device,
}

/// A hand-off as the desktop shows it.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "handoff_id": "hof_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "url": "https://relay.bank.example/s#3q2-7wAAAAAAAAAAAAAAAA",
    "number": 47,
    "expires_at": "2026-02-03T02:06:05Z",
}))]
pub struct Handoff {
    /// The id of the hand-off.
    #[schema(pattern = "^hof_[0-9a-f]{32}$")]
    pub handoff_id: String,
    /// The link for the phone. The code after `#` can be redeemed once.
    #[schema(format = "uri")]
    pub url: String,
    /// The number for the desktop's screen. The phone shows three, one of which is this one.
    #[schema(minimum = 11, maximum = 99)]
    pub number: i64,
    /// Until when the link can be opened.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// How far a hand-off is.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "handoff_id": "hof_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "state": "opened",
    "session": "created",
    "version": 3,
    "expires_at": "2026-02-03T02:09:05Z",
}))]
pub struct HandoffStatus {
    /// The id of the hand-off.
    #[schema(pattern = "^hof_[0-9a-f]{32}$")]
    pub handoff_id: String,
    /// The state of the hand-off.
    pub state: State,
    /// The state of the session.
    pub session: lifecycle::State,
    /// Increases with every change. Send it as `after` to wait for the next one.
    #[schema(minimum = 0)]
    pub version: i64,
    /// When the hand-off expires. Only while no number is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    pub expires_at: Option<String>,
}

impl Sessions {
    /// Begins a hand-off of the desktop's session. It ends the one before it.
    ///
    /// # Errors
    /// [`RelayError`] if hand-offs are off, the session allows no more links or hand-offs, or a phone has it.
    pub async fn begin_handoff(&self, session_id: &str, visitor: Visitor) -> Result<Handoff, RelayError> {
        let page = self.handoff_page()?;
        let session = self.current(session_id).await?;
        self.may_hand_over(&session)?;
        if session.row.holder.is_some() {
            return Err(handoff_state("A phone has this session. End that hand-off first."));
        }
        let code = new_code(Kind::Desktop).ok_or_else(no_random)?;
        let (numbers, number) = Numbers::new().ok_or_else(no_random)?;
        let now = self.clock.now();
        let ends_at = now.saturating_add(OPEN_WITHIN).min(session.row.expires_at);
        let row = HandoffRow {
            number: Some(number.into()),
            numbers: Some(numbers),
            device: Some(visitor.device),
            network: self.networks(session_id, visitor.address).into_iter().next(),
            ..HandoffRow::new(session_id, now, ends_at)
        };
        let entry = Entry::of_page(Action::Handoff, session_id, now).with_detail(row.state.as_str());
        self.store_handoff(&row, &code, &entry).await?;
        Ok(shown(self.handoff_url(page, &session, &code), row))
    }

    /// Replaces the code of a hand-off that no phone has opened, so that its link can be opened for another while.
    ///
    /// # Errors
    /// [`RelayError`] if the session has no such hand-off, or a phone has opened it.
    pub async fn renew_handoff(&self, session_id: &str, id: &str) -> Result<Handoff, RelayError> {
        let page = self.handoff_page()?;
        let mut row = self.handoff_of_session(session_id, id).await?;
        let session = self.current(session_id).await?;
        self.may_issue(&session.row)?;
        let code = new_code(Kind::Desktop).ok_or_else(no_random)?;
        row.ends_at = self.clock.now().saturating_add(OPEN_WITHIN).min(session.row.expires_at);
        if row.state != State::Waiting
            || !self.store.renew_handoff(&row, &hash(Secret::Code, &code), row.ends_at).await?
        {
            return Err(handoff_state("A phone has opened this hand-off, or it is over."));
        }
        Ok(shown(self.handoff_url(page, &session, &code), row))
    }

    /// Returns how far a hand-off is. If that is still the version `after`, waits for a change, until `is_over` or for
    /// 25 seconds.
    ///
    /// # Errors
    /// [`RelayError`] if the session has no such hand-off, or too many desktops wait.
    pub async fn follow_handoff(
        &self,
        session_id: &str,
        id: &str,
        after: Option<i64>,
        is_over: impl Fn() -> bool,
    ) -> Result<HandoffStatus, RelayError> {
        let started = Instant::now();
        let status = self.handoff_status(session_id, id).await?;
        if after != Some(status.version) {
            return Ok(status);
        }
        let place = self.following.enter(session_id)?;
        loop {
            // Before the read, or a change between the read and the wait would go unnoticed.
            let woken = place.woken();
            let status = self.handoff_status(session_id, id).await?;
            let left = LONGEST_WAIT.saturating_sub(started.elapsed());
            if after != Some(status.version) || left.is_zero() || is_over() {
                return Ok(status);
            }
            let _ = timeout(POLL_INTERVAL.min(left), woken).await;
        }
    }

    async fn handoff_status(&self, session_id: &str, id: &str) -> Result<HandoffStatus, RelayError> {
        let row = self.handoff_of_session(session_id, id).await?;
        let session = self.current(session_id).await?.row;
        let is_open = matches!(row.state, State::Waiting | State::Opened);
        Ok(HandoffStatus {
            handoff_id: row.id,
            state: row.state,
            session: session.state,
            version: row.version.saturating_add(session.version),
            expires_at: is_open.then(|| rfc3339(row.ends_at)),
        })
    }

    /// Returns how far the hand-off is that has the session, for a desktop that no longer knows it. A link of the back end does
    /// not count.
    ///
    /// # Errors
    /// [`RelayError`] if no phone has the session by a desktop's hand-off.
    pub async fn held_handoff(&self, session_id: &str) -> Result<HandoffStatus, RelayError> {
        let holder = self.current(session_id).await?.row.holder;
        let row = self.holding_desktop(holder.as_deref()).await?.ok_or_else(unknown_handoff)?;
        self.handoff_status(session_id, &row.id).await
    }

    /// Ends a hand-off: the desktop has the session again. One that is over stays as it is.
    ///
    /// # Errors
    /// [`RelayError`] if the session has no such hand-off, or the database fails.
    pub async fn end_handoff(&self, session_id: &str, id: &str) -> Result<(), RelayError> {
        loop {
            let row = self.handoff_of_session(session_id, id).await?;
            if !matches!(row.state, State::Waiting | State::Opened | State::Confirmed)
                || self.move_handoff(&row, Move::End, State::Ended).await?
            {
                return Ok(());
            }
        }
    }

    /// Returns a hand-off, after storing a timeout that is due.
    pub(super) async fn current_handoff(&self, row: HandoffRow) -> Result<HandoffRow, RelayError> {
        let is_open = matches!(row.state, State::Waiting | State::Opened);
        if !is_open || row.ends_at > self.latest_end() {
            return Ok(row);
        }
        self.move_handoff(&row, Move::Expire, State::Expired).await?;
        self.store.handoff(&row.id).await?.ok_or_else(unknown_handoff)
    }

    async fn handoff_of_session(&self, session_id: &str, id: &str) -> Result<HandoffRow, RelayError> {
        let row = self.store.handoff(id).await?.filter(|row| row.session_id == session_id);
        self.current_handoff(row.ok_or_else(unknown_handoff)?).await
    }

    /// Fails if another page has the session. `caller` is the hand-off of the caller's token.
    pub(super) async fn check_holder(&self, session: &OpenSession, caller: Option<&str>) -> Result<(), RelayError> {
        let policy = session.personal.handoff.unwrap_or_default();
        let holder = session.row.holder.as_deref();
        let (code, detail) = match may_act(policy, holder, caller) {
            Ok(()) => return Ok(()),
            Err(Barred::NeedsHandoff) => (ProblemCode::HandoffRequired, "The back end wants the selfie from a phone."),
            // The desktop can follow its own hand-off, and end it. It knows nothing of a link that the back end sent.
            Err(Barred::AtPhone) if self.holding_desktop(holder).await?.is_some() => {
                (ProblemCode::HandoffState, "A phone has this session.")
            }
            Err(Barred::AtPhone) => (ProblemCode::SessionState, "A phone has this session."),
            Err(Barred::HandoffOver) => (ProblemCode::SessionState, "The hand-off to this phone is over."),
        };
        Err(RelayError::new(code).with_detail(detail))
    }

    /// Returns the hand-off that has a session, if it began at a desktop.
    async fn holding_desktop(&self, holder: Option<&str>) -> Result<Option<HandoffRow>, RelayError> {
        let Some(holder) = holder else { return Ok(None) };
        Ok(self.store.handoff(holder).await?.filter(|row| row.kind() == Kind::Desktop))
    }

    /// Moves a hand-off and wakes the desktop that follows it. Returns `false` if it has changed since it was read.
    pub(super) async fn move_handoff(&self, row: &HandoffRow, to: Move<'_>, after: State) -> Result<bool, RelayError> {
        let now = self.clock.now();
        let entry = Entry::of_page(Action::Handoff, &row.session_id, now).with_detail(after.as_str());
        let moved = self.store.move_handoff(row, to, &entry, now).await?;
        if moved {
            self.following.wake(&row.session_id);
        }
        Ok(moved)
    }

    /// Returns the keyed hashes of a client's network, one for each data key.
    pub(super) fn networks(&self, session_id: &str, address: Option<IpAddr>) -> Vec<Vec<u8>> {
        let text = address.map(|address| format!("{session_id}\n{:?}", Bucket::of(address)));
        text.map(|text| self.data_keys.tags("handoff-network", &text)).unwrap_or_default()
    }
}

fn shown(url: String, row: HandoffRow) -> Handoff {
    Handoff { handoff_id: row.id, url, number: row.number.unwrap_or_default(), expires_at: rfc3339(row.ends_at) }
}

pub(super) fn unknown_handoff() -> RelayError {
    RelayError::new(ProblemCode::UnknownHandoff)
}
