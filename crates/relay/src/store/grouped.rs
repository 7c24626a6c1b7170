//! Makes the groups of PostgreSQL's changes ([`Store::grouped`]).

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::connection::{Pool, is_reusable_after, on_postgres};
use super::group::{Grouped, Job, Queue, Statement};
use super::lanes::{has_priority, with_priority};
use super::writer::Value;
use super::{Store, StoreError};

/// How long the next group waits for the one before it, which may be waiting for a lock or for the network.
const PATIENCE: Duration = Duration::from_millis(5);

impl Store {
    /// Makes a change together with others of its kind, or reads with them. Returns its rows. If the caller no longer
    /// waits, it is made all the same as long as others wait for the same statement.
    pub(super) async fn grouped(&self, grouped: Grouped<'_>, values: Vec<Value>) -> Result<Vec<PgRow>, StoreError> {
        let (reply, result) = oneshot::channel();
        let queue = self.groups.queue(&grouped, &values);
        if queue.add(Job { values, urgent: has_priority(), reply }) {
            tokio::spawn(serve(self.clone(), queue));
        }
        result.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

/// Makes the changes of a queue until none waits.
async fn serve(store: Store, queue: Arc<Queue>) {
    while let Some(jobs) = queue.take() {
        let group = tokio::spawn(make(store.clone(), Arc::clone(&queue), jobs));
        let _ = timeout(PATIENCE, group).await;
    }
}

/// Makes the changes of a group, and those alone for which it gives no answer.
async fn make(store: Store, queue: Arc<Queue>, jobs: Vec<Job>) {
    for job in make_together(&store, &queue.statement, jobs).await {
        let (store, queue) = (store.clone(), Arc::clone(&queue));
        // At once: one of them may wait for a lock.
        tokio::spawn(async move { make_together(&store, &queue.statement, vec![job]).await });
    }
}

/// Makes changes with one statement, and reports their results. Returns those to make alone.
async fn make_together(store: &Store, statement: &Statement, mut jobs: Vec<Job>) -> Vec<Job> {
    let is_group = jobs.len() > 1;
    let is_urgent = jobs.iter().any(|job| job.urgent);
    let values: Vec<_> = jobs.iter_mut().map(|job| std::mem::take(&mut job.values)).collect();
    let made = async {
        let made = execute(store, statement, &values);
        if is_urgent { with_priority(made).await } else { made.await }
    };
    let made = tokio::select! {
        made = made => made,
        // Then the connection closes, as after every operation that is given up.
        () = nobody_waits(&mut jobs) => return Vec::new(),
    };
    let mut alone = Vec::new();
    let mut again = |mut job: Job, values| {
        job.values = values;
        alone.push(job);
    };
    match made.and_then(|rows| by_change(rows, jobs.len())) {
        Ok(found) => {
            for ((job, values), rows) in jobs.into_iter().zip(values).zip(found) {
                if is_group && rows.is_empty() && statement.locks() {
                    again(job, values);
                } else {
                    // The caller may have hung up.
                    let _ = job.reply.send(Ok(rows));
                }
            }
        }
        Err(error) if is_group && is_reusable_after(&error) => {
            jobs.into_iter().zip(values).for_each(|(job, values)| again(job, values));
        }
        Err(error) => {
            let error = StoreError::from(error);
            for job in jobs {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
    alone
}

/// Waits until every caller has hung up, or has waited for too long.
async fn nobody_waits(jobs: &mut [Job]) {
    for job in jobs {
        job.reply.closed().await;
    }
}

async fn execute(store: &Store, statement: &Statement, changes: &[Vec<Value>]) -> Result<Vec<PgRow>, sqlx::Error> {
    let Pool::Postgres(pool) = &store.pool else { return Err(sqlx::Error::PoolClosed) };
    store
        .in_lane(async {
            on_postgres!(store, pool, |connection| {
                let query = store.query(statement.sql(changes.len()));
                statement.bind(query, changes).fetch_all(connection).await
            })
        })
        .await
}

/// Splits rows by the number of their change, the column `n`, which counts from 1.
fn by_change(rows: Vec<PgRow>, changes: usize) -> Result<Vec<Vec<PgRow>>, sqlx::Error> {
    let mut found: Vec<Vec<PgRow>> = Vec::new();
    found.resize_with(changes, Vec::new);
    for row in rows {
        let number: i64 = row.try_get("n")?;
        let place = usize::try_from(number - 1).ok().and_then(|index| found.get_mut(index));
        place.ok_or(sqlx::Error::RowNotFound)?.push(row);
    }
    Ok(found)
}
