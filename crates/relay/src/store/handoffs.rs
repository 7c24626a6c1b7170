//! Hand-offs of a session to a phone ([`HandoffRow`]). A move of a hand-off and what it changes in the session are one
//! transaction, which locks the session first.

use sqlx::Connection;

use super::audit::insert_audit;
use super::due;
use super::outbox::{NewMessage, insert_messages};
use super::sessions::{SessionRow, count, states_before};
use super::{Store, StoreError, on_connection};
use crate::audit::Entry;
use crate::handoff::code::Numbers;
use crate::handoff::device::Device;
use crate::handoff::{Kind, State};
use crate::id::new_id;
use crate::{handoff, lifecycle};

/// The row of a hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffRow {
    /// The id of the hand-off.
    pub id: String,
    /// The id of its session.
    pub session_id: String,
    /// The state of the hand-off.
    pub state: State,
    /// Increases with every change.
    pub version: i64,
    /// The hash of the secret of the phone that opened the link.
    pub claim: Option<Vec<u8>>,
    /// The number on the desktop. A link of the back end has none.
    pub number: Option<i64>,
    /// The numbers on the phone.
    pub numbers: Option<Numbers>,
    /// The kind of browser at the desktop. A link of the back end has none.
    pub device: Option<Device>,
    /// A keyed hash of the desktop's network.
    pub network: Option<Vec<u8>>,
    /// Whether phone and desktop called from one network. Not known without both addresses.
    pub same_network: Option<bool>,
    /// When it began.
    pub created_at: i64,
    /// When it expires in its current state. Has no meaning once it is confirmed.
    pub ends_at: i64,
    /// When a phone opened the link.
    pub opened_at: Option<i64>,
}

impl HandoffRow {
    /// Returns a new link of a back end, which nobody has opened. A desktop adds its number, its browser and its network.
    #[must_use]
    pub fn new(session_id: &str, created_at: i64, ends_at: i64) -> Self {
        Self {
            id: new_id("hof"),
            session_id: session_id.to_owned(),
            state: State::Waiting,
            version: 0,
            claim: None,
            number: None,
            numbers: None,
            device: None,
            network: None,
            same_network: None,
            created_at,
            ends_at,
            opened_at: None,
        }
    }

    /// Returns where it began. Only a desktop has a number.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.number.is_some() { Kind::Desktop } else { Kind::Link }
    }
}

/// Whether a hand-off was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// It is stored.
    Yes,
    /// The session's state no longer allows it, or a phone has the session.
    Changed,
    /// The session's hand-offs are used up.
    Limit,
}

/// A move of a hand-off.
#[derive(Clone, Copy, Debug)]
pub enum Move<'a> {
    /// A phone opened the link.
    Open {
        /// The hash of the phone's secret.
        claim: &'a [u8],
        /// Whether phone and desktop called from one network.
        same_network: Option<bool>,
        /// When it expires unless the person goes on. A session that began with a link of the back end ends then, too.
        ends_at: i64,
    },
    /// The person chose the desktop's number: the phone gets the session.
    Confirm,
    /// The person did not start this: the session ends.
    Disown {
        /// The session as it was read.
        session: &'a SessionRow,
        /// The webhooks about it.
        messages: &'a [NewMessage],
    },
    /// The person chose a wrong number.
    Mistake,
    /// The desktop took the session back.
    End,
    /// The time was over.
    Expire,
}

impl Move<'_> {
    fn event(&self) -> handoff::Event {
        match self {
            Self::Open { .. } => handoff::Event::Redeemed,
            Self::Confirm => handoff::Event::RightNumber,
            Self::Disown { .. } => handoff::Event::Disowned,
            Self::Mistake => handoff::Event::WrongNumber,
            Self::End => handoff::Event::Ended,
            Self::Expire => handoff::Event::TimeOver,
        }
    }
}

const COLUMNS: &str = "id, session_id, state, version, claim, number, numbers, device, network, same_network, created_at, \
                       ends_at, opened_at";

#[rustfmt::skip]
type Columns = (
    String, String, String, i64, Option<Vec<u8>>, Option<i64>, Option<String>, String, Option<Vec<u8>>, Option<i64>, i64, i64,
    Option<i64>,
);

fn handoff_of(columns: Columns) -> Result<HandoffRow, StoreError> {
    #[rustfmt::skip]
    let (
        id, session_id, state, version, claim, number, numbers, device, network, same_network, created_at, ends_at, opened_at,
    ) = columns;
    let unknown = |what: &str| StoreError::Fault(format!("unknown {what} in a hand-off"));
    Ok(HandoffRow {
        id,
        session_id,
        state: state.parse().map_err(|_| unknown("state"))?,
        version,
        claim,
        number,
        numbers: numbers.map(|text| text.parse().map_err(|_| unknown("numbers"))).transpose()?,
        device: (!device.is_empty()).then(|| device.parse().map_err(|_| unknown("device"))).transpose()?,
        network,
        same_network: same_network.map(|same| same != 0),
        created_at,
        ends_at,
        opened_at,
    })
}

impl Store {
    /// Stores a new hand-off, and ends the one before it, unless the session has had `most`. A link of the back end also takes
    /// the session from a phone, and the session lives at least as long as the link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_handoff(
        &self,
        new: &HandoffRow,
        code: &[u8],
        most: i64,
        audit: &Entry<'_>,
    ) -> Result<Begun, StoreError> {
        // The lock of the session's row makes concurrent calls take turns.
        let states = states_before(lifecycle::Event::LinkIssued);
        let (change, condition, ends) = match new.kind() {
            Kind::Desktop => ("", "holder IS NULL AND", "'waiting', 'opened'"),
            Kind::Link => (
                "holder = NULL, expires_at = CASE WHEN expires_at < $3 THEN $3 ELSE expires_at END,",
                "",
                "'waiting', 'opened', 'confirmed'",
            ),
        };
        let lock = format!(
            "UPDATE sessions SET {change} version = version + 1, updated_at = $2 \
             WHERE id = $1 AND {condition} closed_at IS NULL AND state IN ({states})"
        );
        let end = format!(
            "UPDATE handoffs SET state = 'ended', version = version + 1 WHERE session_id = $1 AND state IN ({ends})"
        );
        const COUNT: &str = "SELECT count(*) FROM handoffs WHERE session_id = $1";
        const INSERT: &str = "INSERT INTO handoffs \
            (id, session_id, state, code, number, numbers, device, network, created_at, ends_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let audit = audit.text();
        let numbers = new.numbers.map(|numbers| numbers.to_string());
        let device = new.device.map(|device| device.to_string()).unwrap_or_default();
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let mut locked = self.query(&lock).bind(&new.session_id).bind(new.created_at);
                if new.kind() == Kind::Link {
                    locked = locked.bind(new.ends_at);
                }
                if locked.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(Begun::Changed);
                }
                let count = self.query_as::<_, (i64,)>(COUNT).bind(&new.session_id);
                if count.fetch_one(&mut *transaction).await?.0 >= most {
                    return Ok(Begun::Limit);
                }
                self.query(&end).bind(&new.session_id).execute(&mut *transaction).await?;
                let insert = self
                    .query(INSERT)
                    .bind(&new.id)
                    .bind(&new.session_id)
                    .bind(new.state.as_str())
                    .bind(code)
                    .bind(new.number)
                    .bind(&numbers)
                    .bind(&device)
                    .bind(&new.network)
                    .bind(new.created_at)
                    .bind(new.ends_at);
                insert.execute(&mut *transaction).await?;
                insert_audit!(self, transaction, &audit);
                transaction.commit().await.map(|()| Begun::Yes)
            })
        })
        .await
    }

    /// Returns the hand-off with an id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn handoff(&self, id: &str) -> Result<Option<HandoffRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM handoffs WHERE id = $1");
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(&sql)
                .bind(id)
                .fetch_optional(connection)
                .await)
        });
        found.await?.map(handoff_of).transpose()
    }

    /// Returns the hand-off whose code has this hash, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn handoff_of_code(&self, code: &[u8]) -> Result<Option<HandoffRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM handoffs WHERE code = $1");
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(&sql)
                .bind(code)
                .fetch_optional(connection)
                .await)
        });
        found.await?.map(handoff_of).transpose()
    }

    /// Returns the last hand-off of a session that a phone has opened, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn opened_handoff(&self, session_id: &str) -> Result<Option<HandoffRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM handoffs WHERE session_id = $1 AND opened_at IS NOT NULL \
             ORDER BY created_at DESC, id DESC LIMIT 1"
        );
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, Columns>(&sql)
                .bind(session_id)
                .fetch_optional(connection)
                .await)
        });
        found.await?.map(handoff_of).transpose()
    }

    /// Replaces the code of a hand-off that no phone has opened. Returns `false` if it has changed since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew_handoff(&self, row: &HandoffRow, code: &[u8], ends_at: i64) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE handoffs SET code = $3, ends_at = $4, version = version + 1 \
            WHERE id = $1 AND version = $2 AND state = 'waiting'";
        self.write(async {
            on_connection!(self, |connection| self
                .query(SQL)
                .bind(&row.id)
                .bind(row.version)
                .bind(code)
                .bind(ends_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1))
        })
        .await
    }

    /// Moves a hand-off, and the session with it. Returns `false` if either has changed since it was read, or its state does
    /// not allow the move.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn move_handoff(
        &self,
        row: &HandoffRow,
        change: Move<'_>,
        audit: &Entry<'_>,
        now: i64,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE handoffs SET state = $3, version = version + 1, claim = COALESCE($4, claim), \
            same_network = COALESCE($5, same_network), opened_at = COALESCE($6, opened_at), \
            ends_at = COALESCE($7, ends_at) WHERE id = $1 AND version = $2";
        // A link lives for hours. Once it is open, the session has its usual life.
        let shorten = format!(
            "UPDATE sessions SET expires_at = $2, version = version + 1, updated_at = $3, due_at = {} \
             WHERE id = $1 AND closed_at IS NULL AND state IN ({})",
            due::by("$2"),
            states_before(lifecycle::Event::LinkIssued)
        );
        const RELEASE: &str = "UPDATE sessions SET holder = NULL, version = version + 1, updated_at = $3 \
            WHERE id = $1 AND holder = $2";
        let hold = format!(
            "UPDATE sessions SET holder = $2, version = version + 1, updated_at = $3 \
             WHERE id = $1 AND holder IS NULL AND closed_at IS NULL AND state IN ({})",
            states_before(lifecycle::Event::LinkIssued)
        );
        let end = format!(
            "UPDATE sessions SET state = 'disowned', version = version + 1, updated_at = $3, closed_at = $3, due_at = NULL \
             WHERE id = $1 AND version = $2 AND closed_at IS NULL AND state IN ({})",
            states_before(lifecycle::Event::Disowned)
        );
        let Some(after) = row.state.after(change.event()) else { return Ok(false) };
        let (claim, same_network, opened_at, ends_at) = match change {
            Move::Open { claim, same_network, ends_at } => {
                (Some(claim), same_network.map(i64::from), Some(now), Some(ends_at))
            }
            _ => (None, None, None, None),
        };
        let audit = audit.text();
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                let allowed = match change {
                    Move::Confirm => {
                        let hold = self.query(&hold).bind(&row.session_id).bind(&row.id).bind(now);
                        hold.execute(&mut *transaction).await?.rows_affected() == 1
                    }
                    Move::Disown { session, .. } => {
                        let end = self.query(&end).bind(&session.id).bind(session.version).bind(now);
                        end.execute(&mut *transaction).await?.rows_affected() == 1
                    }
                    Move::End => {
                        let release = self.query(RELEASE).bind(&row.session_id).bind(&row.id).bind(now);
                        release.execute(&mut *transaction).await?;
                        true
                    }
                    Move::Open { ends_at, .. } if row.kind() == Kind::Link => {
                        let shorten = self.query(&shorten).bind(&row.session_id).bind(ends_at).bind(now);
                        shorten.execute(&mut *transaction).await?.rows_affected() == 1
                    }
                    Move::Open { .. } | Move::Mistake | Move::Expire => true,
                };
                if !allowed {
                    return Ok(false);
                }
                let moved = self.query(SQL).bind(&row.id).bind(row.version).bind(after.as_str());
                let moved = moved.bind(claim).bind(same_network).bind(opened_at).bind(ends_at);
                if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(false);
                }
                if let Move::Disown { messages, .. } = change {
                    insert_messages!(self, transaction, messages);
                }
                insert_audit!(self, transaction, &audit);
                transaction.commit().await.map(|()| true)
            })
        })
        .await
        .inspect(|&moved| count(moved && after == State::Disowned, lifecycle::State::Disowned))
    }
}
