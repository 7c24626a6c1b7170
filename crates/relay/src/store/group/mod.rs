//! The changes of PostgreSQL that wait for a group ([`Groups`]); the module `grouped` makes the groups. Changes of the same
//! kind that come while one is under way wait, and then share one statement, one commit and one connection. The busier a
//! relay is, the larger its groups are, and the less the database does for each change. A change that comes alone waits for
//! nobody.
//!
//! A group never waits for the lock of a session: it leaves out the session. What a group does not change, for whatever
//! reason, is tried once more alone, which gives the answer. So is each change of a group that PostgreSQL rejects: it has
//! undone all of them.

mod statement;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::postgres::PgRow;
use tokio::sync::oneshot;

pub(super) use self::statement::{Grouped, Statement};
use super::error::StoreError;
use super::writer::Value;

/// The most changes in a group.
const LARGEST: usize = 32;

/// The changes that wait, by the SQL of their kind.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<HashMap<String, Arc<Queue>>>);

/// The changes of one kind that wait.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) statement: Statement,
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
pub(super) struct Job {
    pub(super) values: Vec<Value>,
    /// Whether it does not wait for operations without priority.
    pub(super) urgent: bool,
    pub(super) reply: oneshot::Sender<Result<Vec<PgRow>, StoreError>>,
}

impl Groups {
    /// Returns the queue of a kind of change.
    pub(super) fn queue(&self, grouped: &Grouped<'_>, values: &[Value]) -> Arc<Queue> {
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
    pub(super) fn add(&self, job: Job) -> bool {
        let mut waiting = self.waiting();
        waiting.jobs.push_back(job);
        !std::mem::replace(&mut waiting.served, true)
    }

    /// Takes the next group. Drops the changes whose callers have given up. Returns `None` if no change waits: the task then
    /// ends.
    pub(super) fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.waiting();
        waiting.jobs.retain(|job| !job.reply.is_closed());
        let size = waiting.jobs.len().min(LARGEST);
        waiting.served = size > 0;
        waiting.served.then(|| waiting.jobs.drain(..size).collect())
    }
}
