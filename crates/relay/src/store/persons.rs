//! Counts the attempts of a person over all sessions ([`PersonCount`]). The count of a person begins with the first
//! attempt and is dropped after a time.

use super::{Store, StoreError, on_connection};

/// The count to which an attempt adds.
#[derive(Clone, Copy, Debug)]
pub struct PersonCount<'a> {
    /// The keyed hash of the person.
    pub person: &'a [u8],
    /// The most attempts.
    pub cap: i64,
    /// When a count that begins now is dropped.
    pub expires_at: i64,
}

/// Adds one to a [`PersonCount`] in a transaction of either database. Evaluates to `false` if the cap is reached. One
/// statement, so two relays can't both take the last attempt.
macro_rules! count_person {
    ($store:ident, $transaction:ident, $count:expr, $now:expr) => {
        $store.query(
            "INSERT INTO persons (person, attempts, expires_at) VALUES ($1, 1, $2) ON CONFLICT (person) DO UPDATE SET \
             attempts = CASE WHEN persons.expires_at <= $3 THEN 1 ELSE persons.attempts + 1 END, \
             expires_at = CASE WHEN persons.expires_at <= $3 THEN excluded.expires_at ELSE persons.expires_at END \
             WHERE persons.expires_at <= $3 OR persons.attempts < $4",
        )
        .bind($count.person)
        .bind($count.expires_at)
        .bind($now)
        .bind($count.cap)
        .execute(&mut *$transaction)
        .await?
        .rows_affected()
            == 1
    };
}
pub(super) use count_person;

/// Takes one attempt back.
pub(super) const REFUND: &str = "UPDATE persons SET attempts = attempts - 1 WHERE person = $1 AND attempts > 0";

impl Store {
    /// Returns the number of attempts of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts_of(&self, person: &[u8], now: i64) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT attempts FROM persons WHERE person = $1 AND expires_at > $2";
        let found = self.run(async {
            on_connection!(self, |connection| self
                .query_as::<_, (i64,)>(SQL)
                .bind(person)
                .bind(now)
                .fetch_optional(connection)
                .await)
        });
        Ok(found.await?.map_or(0, |(attempts,)| attempts))
    }

    /// Deletes counts that have expired. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_old_persons(&self, now: i64, limit: i64) -> Result<u64, StoreError> {
        const SQL: &str =
            "DELETE FROM persons WHERE person IN (SELECT person FROM persons WHERE expires_at <= $1 LIMIT $2)";
        self.write_quickly(async {
            on_connection!(self, |connection| self
                .query(SQL)
                .bind(now)
                .bind(limit)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()))
        })
        .await
    }
}
