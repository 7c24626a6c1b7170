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

/// Returns the statement that adds one to a [`PersonCount`], for the rows of `from`. It changes no row if the cap is
/// reached. One statement, so two relays can't both take the last attempt. Its parameters are the present time, $7, and
/// the count's own, $10 to $12.
pub(super) fn count_in_change(from: &str) -> String {
    format!(
        "INSERT INTO persons (person, attempts, expires_at) SELECT $10, 1, $11 {from} \
         ON CONFLICT (person) DO UPDATE SET \
         attempts = CASE WHEN persons.expires_at <= $7 THEN 1 ELSE persons.attempts + 1 END, \
         expires_at = CASE WHEN persons.expires_at <= $7 THEN excluded.expires_at ELSE persons.expires_at END \
         WHERE persons.expires_at <= $7 OR persons.attempts < $12"
    )
}

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
