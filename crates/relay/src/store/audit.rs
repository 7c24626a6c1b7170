//! The audit trail in the database. An entry is first stored beside the chain, in the transaction of its action: that costs
//! one more row and waits for nobody. Then one relay at a time moves the new entries into the chain
//! ([`Store::chain_audit`]), so the chain can't fork.

use sqlx::Connection;

use super::{Pool, Store, StoreError, on_connection};
use crate::audit::{Chained, Entry, GENESIS, hash_after, time_of};

/// Inserts an entry in a transaction of either database.
macro_rules! insert_audit {
    ($store:ident, $transaction:ident, $text:expr) => {
        $store.query("INSERT INTO audit_new (record) VALUES ($1)").bind($text).execute(&mut *$transaction).await?
    };
}
pub(super) use insert_audit;

/// The entries that are not chained yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditBacklog {
    /// Their number.
    pub waiting: i64,
    /// The time of the oldest one.
    pub oldest: Option<i64>,
}

/// Returns the statement that appends this many entries to the chain.
fn append_sql(count: usize) -> String {
    let values = (0..count).map(|row| format!("(${}, ${}, ${})", 3 * row + 1, 3 * row + 2, 3 * row + 3));
    format!("INSERT INTO audit (seq, record, hash) VALUES {}", values.collect::<Vec<_>>().join(", "))
}

/// Returns the statement that removes this many entries from the new ones. By their ids: on PostgreSQL, an entry with a
/// lower id may be committed later.
fn take_sql(count: usize) -> String {
    let values = (1..=count).map(|number| format!("${number}"));
    format!("DELETE FROM audit_new WHERE id IN ({})", values.collect::<Vec<_>>().join(", "))
}

impl Store {
    /// Stores an entry about something that changes nothing else in the database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn append_audit(&self, entry: &Entry<'_>) -> Result<(), StoreError> {
        let text = entry.text();
        self.write(async {
            on_connection!(self, |connection| {
                insert_audit!(self, connection, &text);
                Ok(())
            })
        })
        .await
    }

    /// Moves up to `limit` new entries into the chain. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chain_audit(&self, limit: i64) -> Result<usize, StoreError> {
        const NEW: &str = "SELECT id, record FROM audit_new ORDER BY id LIMIT $1";
        const LAST: &str = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
        // Waits for another relay that does the same. Readers and new entries do not wait. On SQLite, any write takes
        // the lock of the only writer.
        let lock = match &self.pool {
            Pool::Sqlite(_) => "DELETE FROM audit_new WHERE id < 0",
            Pool::Postgres(_) => "LOCK TABLE audit IN EXCLUSIVE MODE",
        };
        if !self.has_new_audit().await? {
            return Ok(0);
        }
        self.write(async {
            on_connection!(self, |connection| {
                let mut transaction = connection.begin().await?;
                self.query(lock).execute(&mut *transaction).await?;
                let new: Vec<(i64, String)> = self.query_as(NEW).bind(limit).fetch_all(&mut *transaction).await?;
                if new.is_empty() {
                    return Ok(0);
                }
                let last: Option<(i64, Vec<u8>)> = self.query_as(LAST).fetch_optional(&mut *transaction).await?;
                let (mut seq, mut hash) = last.unwrap_or((0, GENESIS.to_vec()));
                let (count, ids): (_, Vec<i64>) = (new.len(), new.iter().map(|(id, _)| *id).collect());
                // One statement for all entries: with a database in another zone, one for each would take longer than
                // the timeout. The number of entries differs, so these statements are not worth keeping.
                let (append, take) = (append_sql(count), take_sql(count));
                let mut insert = self.query(&append).persistent(false);
                for (_, record) in new {
                    seq += 1;
                    hash = hash_after(&hash, &record).to_vec();
                    insert = insert.bind(seq).bind(record).bind(hash.clone());
                }
                let mut delete = self.query(&take).persistent(false);
                for id in ids {
                    delete = delete.bind(id);
                }
                insert.execute(&mut *transaction).await?;
                delete.execute(&mut *transaction).await?;
                transaction.commit().await.map(|()| count)
            })
        })
        .await
    }

    /// Returns how many entries are not chained yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_backlog(&self) -> Result<AuditBacklog, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM audit_new";
        const OLDEST: &str = "SELECT record FROM audit_new ORDER BY id LIMIT 1";
        self.run(async {
            on_connection!(self, |connection| {
                let (waiting,): (i64,) = self.query_as(COUNT).fetch_one(&mut *connection).await?;
                let oldest: Option<(String,)> = self.query_as(OLDEST).fetch_optional(connection).await?;
                Ok(AuditBacklog { waiting, oldest: oldest.and_then(|(record,)| time_of(&record)) })
            })
        })
        .await
    }

    async fn has_new_audit(&self) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM audit_new LIMIT 1";
        self.run(async {
            on_connection!(self, |connection| {
                let found: Option<(i64,)> = self.query_as(SQL).fetch_optional(connection).await?;
                Ok(found.is_some())
            })
        })
        .await
    }

    /// Returns entries of the chain after a place, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_after(&self, seq: i64, limit: i64) -> Result<Vec<Chained>, StoreError> {
        const SQL: &str = "SELECT seq, record, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2";
        let found = self.run(async {
            on_connection!(self, |connection| {
                let rows = self.query_as::<_, (i64, String, Vec<u8>)>(SQL).bind(seq).bind(limit);
                rows.fetch_all(connection).await
            })
        });
        Ok(found.await?.into_iter().map(|(seq, record, hash)| Chained { seq, record, hash }).collect())
    }
}
