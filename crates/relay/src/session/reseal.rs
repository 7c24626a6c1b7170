//! Encrypts all stored data again under the first data key ([`Resealed`], [`reseal`]), so that an old key can be
//! removed before all data under it has expired. It may run beside relays and may be interrupted: finished rows stay
//! finished, and it skips a row that a relay changes in the meantime.

use super::record::{link_place, session_place, verdict_place};
use crate::secrets::data_keys::{DataKeys, SealError};
use crate::store::reseal::{Column, SealedRow};
use crate::store::{Store, StoreError};
use crate::webhook::outbox::message_place;

/// Number of rows read at once.
const BATCH: i64 = 200;

/// The result of [`reseal`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that were encrypted again.
    pub done: u64,
    /// Values that none of the keys can decrypt.
    pub stuck: u64,
}

/// Why [`reseal`] stopped early.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// There is no key, or the system's random generator failed.
    #[error(transparent)]
    Seal(SealError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

/// Encrypts every value again that is not under the first key.
///
/// # Errors
/// [`ResealError`].
pub async fn reseal(store: &Store, keys: &DataKeys) -> Result<Resealed, ResealError> {
    let prefix = keys.key_prefix().map_err(ResealError::Seal)?;
    let mut resealed = Resealed::default();
    for column in Column::ALL {
        let mut after = String::new();
        loop {
            let rows =
                store.sealed_under_other_keys(column, &prefix, &after, BATCH).await.map_err(ResealError::Store)?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                match keys.reseal(&row.sealed, &place(column, &row)) {
                    Ok(sealed) => {
                        let done = store.replace_sealed(column, &row, &sealed).await.map_err(ResealError::Store)?;
                        resealed.done += u64::from(done);
                    }
                    Err(SealError) => resealed.stuck += 1,
                }
            }
        }
    }
    Ok(resealed)
}

fn place(column: Column, row: &SealedRow) -> String {
    match column {
        Column::Personal => session_place(&row.id),
        Column::Issued => link_place(&row.session_id, &row.id),
        Column::Verdict => verdict_place(&row.session_id, &row.id),
        Column::Message => message_place(&row.id),
    }
}
