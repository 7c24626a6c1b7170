//! What is kept, sealed again under the first data key ([`Resealed`], [`reseal`]), so that an old one can be dropped before
//! everything under it has been deleted. It may run beside relays and be cut off: what it has done stays done, and a row
//! that is written meanwhile is left as it is.

use super::record::{link_place, session_place, verdict_place};
use crate::secrets::data_keys::{DataKeys, SealError};
use crate::store::reseal::{Column, SealedRow};
use crate::store::{Store, StoreError};
use crate::webhook::outbox::message_place;

/// Rows of one round.
const BATCH: i64 = 200;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are under the first key now, and were not.
    pub done: u64,
    /// Values that no key opens.
    pub stuck: u64,
}

/// Why it ended early.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// There is no key, or no randomness.
    #[error(transparent)]
    Seal(SealError),
    /// The database.
    #[error(transparent)]
    Store(StoreError),
}

/// Seals everything under the first key that is not.
///
/// # Errors
/// [`ResealError`].
pub async fn reseal(store: &Store, keys: &DataKeys) -> Result<Resealed, ResealError> {
    let head = keys.key_prefix().map_err(ResealError::Seal)?;
    let mut resealed = Resealed::default();
    for column in Column::ALL {
        let mut after = String::new();
        loop {
            let rows = store.sealed_under_other_keys(column, &head, &after, BATCH).await.map_err(ResealError::Store)?;
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
