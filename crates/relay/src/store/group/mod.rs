//! Groups changes of PostgreSQL ([`Groups`]): those of the same kind that come while one is under way wait, and then share
//! one statement, one commit and one connection. The busier a relay is, the larger its groups are, and the less the
//! database does for each change. A change that comes alone waits for nobody.
//!
//! A change never waits for the lock of another one's session: a group leaves out a session that is locked. And what a group
//! does not change, for whatever reason, is tried once more alone, which gives the answer. So is each change of a group that
//! PostgreSQL rejects: it has undone all of them.

mod statement;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::sync::oneshot;
use tokio::time::timeout;

pub(super) use self::statement::Grouped;
use self::statement::Statement;
use super::connection::{OPERATION_TIMEOUT, Pool, is_reusable_after, on_postgres};
use super::lanes::{has_priority, with_priority};
use super::writer::Value;
use super::{Store, StoreError};

/// The most changes in a group.
const LARGEST: usize = 32;

/// How long the next group waits for the one before it, which may be waiting for a lock or for the network.
const PATIENCE: Duration = Duration::from_millis(5);

/// The changes that wait, by the SQL of their kind.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<HashMap<String, Arc<Queue>>>);

/// The changes of one kind that wait.
#[derive(Debug)]
struct Queue {
    statement: Statement,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// Whether a task takes them.
    served: bool,
}

/// A change of one caller.
#[derive(Debug)]
struct Job {
    values: Vec<Value>,
    /// Whether it does not wait for operations without priority.
    urgent: bool,
    reply: oneshot::Sender<Result<Vec<PgRow>, StoreError>>,
}

impl Groups {
    fn queue(&self, grouped: &Grouped<'_>, values: &[Value]) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(grouped.sql) {
            return Arc::clone(queue);
        }
        let queue = Arc::new(Queue { statement: Statement::new(grouped, values), waiting: Mutex::default() });
        queues.insert(grouped.sql.to_owned(), Arc::clone(&queue));
        queue
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a change. Returns whether the caller must start a task that takes it.
    fn add(&self, job: Job) -> bool {
        let mut waiting = self.waiting();
        waiting.jobs.push_back(job);
        !std::mem::replace(&mut waiting.served, true)
    }

    /// Takes the next group, without changes for which nobody waits any more. Returns `None` if there is no change; then the
    /// task ends.
    fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting();
        waiting.jobs.retain(|job| !job.reply.is_closed());
        let size = waiting.jobs.len().min(LARGEST);
        waiting.served = size > 0;
        waiting.served.then(|| waiting.jobs.drain(..size).collect())
    }
}

impl Store {
    /// Makes a change together with others of its kind, or reads with them. Returns its rows. It is made even if the caller
    /// does not wait for the end.
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
async fn make_together(store: &Store, statement: &Statement, jobs: Vec<Job>) -> Vec<Job> {
    let is_group = jobs.len() > 1;
    let mut alone = Vec::new();
    match execute(store, statement, &jobs).await.and_then(|rows| by_change(rows, jobs.len())) {
        Ok(found) => {
            for (job, rows) in jobs.into_iter().zip(found) {
                if is_group && rows.is_empty() && statement.locks() {
                    alone.push(job);
                } else {
                    // The caller may have hung up.
                    let _ = job.reply.send(Ok(rows));
                }
            }
        }
        Err(error) if is_group && is_reusable_after(&error) => alone = jobs,
        Err(error) => {
            let error = StoreError::from(error);
            for job in jobs {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
    alone
}

async fn execute(store: &Store, statement: &Statement, jobs: &[Job]) -> Result<Vec<PgRow>, sqlx::Error> {
    let Pool::Postgres(pool) = &store.pool else { return Err(sqlx::Error::PoolClosed) };
    let changes: Vec<_> = jobs.iter().map(|job| job.values.as_slice()).collect();
    let work = store.in_lane(async {
        on_postgres!(store, pool, |connection| {
            let query = store.query(statement.sql(changes.len()));
            statement.bind(query, &changes).fetch_all(connection).await
        })
    });
    let is_urgent = jobs.iter().any(|job| job.urgent);
    // The callers wait no longer. A connection that hangs must not be kept.
    let done = timeout(OPERATION_TIMEOUT, async { if is_urgent { with_priority(work).await } else { work.await } });
    done.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
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
