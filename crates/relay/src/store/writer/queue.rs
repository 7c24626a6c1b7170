//! The changes that wait for the thread ([`Queue`]).

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::change::Job;

/// Most changes in one transaction.
const BATCH: usize = 64;

#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    pub(super) arrived: Condvar,
}

#[derive(Default)]
pub(super) struct Waiting {
    /// Changes for verdicts, which overtake the others.
    pub(super) urgent: VecDeque<Box<dyn Job>>,
    pub(super) others: VecDeque<Box<dyn Job>>,
    pub(super) closed: bool,
}

impl Queue {
    pub(super) fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// Waits until there is a change. Returns `false` once the queue has closed.
    pub(super) fn wait(&self) -> bool {
        let is_idle = |waiting: &mut Waiting| waiting.urgent.is_empty() && waiting.others.is_empty();
        let waiting = self.arrived.wait_while(self.lock(), |waiting| is_idle(waiting) && !waiting.closed);
        !is_idle(&mut waiting.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the next changes that somebody still waits for.
    pub(super) fn take(&self) -> Vec<Box<dyn Job>> {
        let mut waiting = self.lock();
        let Waiting { urgent, others, .. } = &mut *waiting;
        let mut jobs = Vec::new();
        while jobs.len() < BATCH
            && let Some(job) = urgent.pop_front().or_else(|| others.pop_front())
        {
            if !job.is_given_up() {
                jobs.push(job);
            }
        }
        jobs
    }
}
