//! The phone's half of a hand-off ([`Sessions::redeem`], [`Sessions::confirm`], [`Sessions::disown`]). The phone has no token
//! yet. It makes up a secret, its claim, and sends it with each call; the relay stores its hash with the code's redemption. So a
//! phone can repeat a call whose answer was lost, and no other phone can continue.

use std::fmt;

use akiba_protocol::ProblemCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::handoff::{Visitor, unknown_handoff};
use crate::clock::rfc3339;
use crate::error::RelayError;
use crate::handoff::code::{Secret, hash, is_claim, is_code};
use crate::handoff::device::Device;
use crate::handoff::{CONFIRM_WITHIN, Kind, State};
use crate::lifecycle;
use crate::session::Sessions;
use crate::session::expiry::not_encrypted;
use crate::session::handoff::{facts, handoff_state};
use crate::session::record::OpenSession;
use crate::session::refusal::refusal;
use crate::store::handoffs::{HandoffRow, Move};
use crate::webhook::event::News;

/// How often to read a hand-off that other calls keep changing.
const MAX_READS: usize = 8;

/// The body of `POST /v1/handoffs/redeem`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "code": "3q2-7wAAAAAAAAAAAAAAAA",
    "claim": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
}))]
pub struct Redeem {
    /// The code from the link.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}([A-Za-z0-9_-]{10})?$")]
    pub code: String,
    /// 256 random bits that this phone made up, in base64url. It sends them with its further calls.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    pub claim: String,
}

/// The body of `POST /v1/handoffs/{id}/confirm`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "claim": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "number": 47 }))]
pub struct Confirm {
    /// The claim of this phone.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    pub claim: String,
    /// The number that the person chose. A link of the back end has none.
    // JSON has only one kind of number, so `47.0` is 47, too.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 11, maximum = 99)]
    pub number: Option<f64>,
}

/// The body of `POST /v1/handoffs/{id}/disown`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "claim": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }))]
pub struct Disown {
    /// The claim of this phone.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    pub claim: String,
}

macro_rules! opaque_debug {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
opaque_debug!(Redeem, Confirm, Disown, PhoneSession);

/// What the phone shows before anything else: who asks for what, and from where.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "handoff_id": "hof_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "kind": "desktop",
    "name": "Example Bank",
    "purpose": "to open an account",
    "seconds_ago": 12,
    "device": { "browser": "chrome", "system": "windows" },
    "numbers": [47, 82, 15],
    "expires_at": "2026-02-03T02:09:05Z",
}))]
pub struct Opened {
    /// The id of the hand-off.
    #[schema(pattern = "^hof_[0-9a-f]{32}$")]
    pub handoff_id: String,
    /// Whether it began at a desktop, or with a link that the back end sent.
    pub kind: Kind,
    /// Who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose look the page shows: the value of `for` in the link, if the session's API key has a name of its own.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// What for, as the back end said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How long ago the hand-off began.
    #[schema(minimum = 0)]
    pub seconds_ago: i64,
    /// The kind of browser where it began. A link of the back end has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// Three numbers, one of which stands on the desktop. A link of the back end has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 3, max_items = 3)]
    pub numbers: Option<Vec<u8>>,
    /// Until when the person can go on.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// The session as the phone continues it.
#[derive(Serialize, ToSchema)]
#[cfg_attr(test, derive(Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "session_token": "v4.local.c2VjcmV0.eyJraWQiOiJrNC5saWQuLi4ifQ",
    "expires_at": "2026-02-03T02:20:00Z",
}))]
pub struct PhoneSession {
    /// The token with which the phone asks for links and verdicts.
    #[schema(pattern = "^v4\\.local\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$")]
    pub session_token: String,
    /// When the session expires.
    #[schema(format = "date-time")]
    pub expires_at: String,
    /// Where the page sends the person back to at the end, if the back end said so. Only for a link of the back end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    pub return_url: Option<String>,
}

impl Sessions {
    /// Opens the link on a phone. The first phone gets it. Returns what the phone shows, and the session's id for the log.
    ///
    /// # Errors
    /// [`RelayError`] if the code is unknown, used or expired, or the session is over.
    pub async fn redeem(&self, call: &Redeem, visitor: Visitor) -> Result<(String, Opened), RelayError> {
        if !is_claim(&call.claim) {
            let detail = "`claim` must be 32 random bytes in base64url, without padding.";
            return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
        }
        if !is_code(&call.code) {
            return Err(unknown_handoff());
        }
        let (code, claim) = (hash(Secret::Code, &call.code), hash(Secret::Claim, &call.claim));
        for _ in 0..MAX_READS {
            let row = self.store.handoff_of_code(&code).await?.ok_or_else(unknown_handoff)?;
            let row = self.current_handoff(row).await?;
            match row.state {
                State::Waiting => {
                    let session = self.current(&row.session_id).await?;
                    self.may_issue(&session.row)?;
                    let networks = self.networks(&row.session_id, visitor.address);
                    let same_network = row.network.as_ref().filter(|_| !networks.is_empty());
                    let now = self.clock.now();
                    let ends_at = match row.kind() {
                        Kind::Desktop => now.saturating_add(CONFIRM_WITHIN).min(session.row.expires_at),
                        Kind::Link => self.ends_at(now, self.life(&session.personal)),
                    };
                    let open = Move::Open {
                        claim: &claim,
                        same_network: same_network.map(|network| networks.contains(network)),
                        ends_at,
                    };
                    if self.move_handoff(&row, open, State::Opened).await? {
                        return Ok(self.opened(HandoffRow { ends_at, ..row }, session));
                    }
                }
                State::Opened | State::Confirmed if row.claim.as_ref() == Some(&claim) => {
                    let session = self.current(&row.session_id).await?;
                    return Ok(self.opened(row, session));
                }
                _ => return Err(unknown_handoff()),
            }
        }
        Err(changing())
    }

    fn opened(&self, row: HandoffRow, session: OpenSession) -> (String, Opened) {
        let own_name = self.handoffs.own_name(&session.row.api_key);
        let opened = Opened {
            kind: row.kind(),
            handoff_id: row.id,
            name: own_name.or(self.handoffs.common_name()).map(str::to_owned),
            look: own_name.map(|_| session.row.api_key.clone()),
            purpose: session.personal.purpose,
            seconds_ago: self.clock.now().saturating_sub(row.created_at).max(0) / 1_000,
            device: row.device,
            numbers: row.numbers.map(|numbers| numbers.list()),
            expires_at: rfc3339(row.ends_at),
        };
        (row.session_id, opened)
    }

    /// Takes the number that the person chose. The right one gives the phone a token, and the desktop's token then gets no
    /// links. A wrong one ends the hand-off. Returns the session's id for the log, too.
    ///
    /// # Errors
    /// [`RelayError`] if the number is wrong, the hand-off or the session is over, or the claim is another phone's.
    pub async fn confirm(&self, id: &str, call: &Confirm) -> Result<(String, PhoneSession), RelayError> {
        for _ in 0..MAX_READS {
            let row = self.claimed(id, &call.claim).await?;
            let is_right = call.number == row.number.map(|number| number as f64);
            match row.state {
                State::Opened if is_right => {
                    let session = self.current(&row.session_id).await?;
                    self.may_issue(&session.row)?;
                    if self.move_handoff(&row, Move::Confirm, State::Confirmed).await? {
                        return self.phone_session(&row, &session);
                    }
                }
                State::Opened => {
                    if self.move_handoff(&row, Move::Mistake, State::Mistaken).await? {
                        tracing::warn!(session = row.session_id, "a wrong number was chosen on a phone");
                        return Err(RelayError::new(ProblemCode::WrongNumber));
                    }
                }
                State::Confirmed if is_right => {
                    let session = self.current(&row.session_id).await?;
                    if self.has_expired(&session.row) {
                        return Err(refusal(lifecycle::State::Expired));
                    }
                    return self.phone_session(&row, &session);
                }
                State::Mistaken => return Err(RelayError::new(ProblemCode::WrongNumber)),
                _ => return Err(handoff_state("The hand-off is over, or it is confirmed with another number.")),
            }
        }
        Err(changing())
    }

    fn phone_session(&self, row: &HandoffRow, session: &OpenSession) -> Result<(String, PhoneSession), RelayError> {
        let (now, expires_at) = (self.clock.now(), session.row.expires_at);
        let session_token = self
            .tokens
            .seal_phone(&row.session_id, &row.id, now, expires_at)
            .map_err(|_| RelayError::new(ProblemCode::Internal).caused_by("the phone's token could not be made"))?;
        // From a desktop, the person goes back to that.
        let back = self.return_url(&session.personal).filter(|_| row.kind() == Kind::Link);
        let return_url = back.map(str::to_owned);
        Ok((row.session_id.clone(), PhoneSession { session_token, expires_at: rfc3339(expires_at), return_url }))
    }

    /// Ends the session, because the person at the phone did not start it, and tells the back end. Returns the session's id
    /// for the log.
    ///
    /// # Errors
    /// [`RelayError`] if the claim is another phone's, or the session has ended or waits for the vendor.
    pub async fn disown(&self, id: &str, call: &Disown) -> Result<String, RelayError> {
        for _ in 0..MAX_READS {
            let row = self.claimed(id, &call.claim).await?;
            if row.state == State::Disowned {
                return Ok(row.session_id);
            }
            let session = self.current(&row.session_id).await?;
            let state = session.row.state;
            if session.row.closed_at.is_some() || state.after(lifecycle::Event::Disowned).is_none() {
                return Err(refusal(state));
            }
            let reference = session.personal.reference.as_deref();
            let handoff = facts(&row, session.row.holder.is_some());
            let news = News::of_state(lifecycle::State::Disowned, None).map(|news| news.with_handoff(handoff));
            let messages = news.map(|news| self.outbox.messages(&session.row, reference, &news, self.clock.now()));
            let messages = messages.transpose().map_err(|_| not_encrypted())?.unwrap_or_default();
            let disown = Move::Disown { session: &session.row, messages: &messages };
            if self.move_handoff(&row, disown, State::Disowned).await? {
                self.outbox.wake(&messages);
                tracing::warn!(session = row.session_id, "the person at the phone did not start this session");
                return Ok(row.session_id);
            }
        }
        Err(changing())
    }

    /// Returns the hand-off that the phone with this claim opened.
    async fn claimed(&self, id: &str, claim: &str) -> Result<HandoffRow, RelayError> {
        let claim = hash(Secret::Claim, claim);
        let row = self.store.handoff(id).await?.filter(|row| row.claim.as_ref() == Some(&claim));
        self.current_handoff(row.ok_or_else(unknown_handoff)?).await
    }
}

fn changing() -> RelayError {
    handoff_state("Other calls keep changing the hand-off.").retry_after(1)
}
