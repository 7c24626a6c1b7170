//! Calls that wait for the verdict of another call ([`Waiting`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::error::RelayError;
use crate::limits::capacity::{Capacity, Permit};

/// The calls that wait for the verdict of another call, by session.
#[derive(Debug)]
pub(super) struct Waiting {
    capacity: Capacity,
    sessions: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Waiting {
    /// Limits the number of calls that wait at once.
    pub(super) fn new(capacity: Capacity) -> Self {
        Self { capacity, sessions: Mutex::default() }
    }

    /// Adds a waiting call.
    ///
    /// # Errors
    /// [`ProblemCode::Overloaded`](akiba_protocol::ProblemCode::Overloaded) if too many calls wait.
    pub(super) fn enter(&self, session_id: &str) -> Result<Place<'_>, RelayError> {
        let permit = self.capacity.acquire()?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = Arc::clone(sessions.entry(session_id.to_owned()).or_default());
        Ok(Place { waiting: self, session_id: session_id.to_owned(), ended, _permit: permit })
    }

    /// Wakes the calls that wait for this session.
    pub(super) fn wake(&self, session_id: &str) {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ended) = sessions.get(session_id) {
            ended.notify_waiters();
        }
    }
}

/// The place of a waiting call. Dropping it frees the place.
#[must_use]
pub(super) struct Place<'a> {
    waiting: &'a Waiting,
    session_id: String,
    ended: Arc<Notify>,
    _permit: Permit,
}

impl Place<'_> {
    /// Completes at the next [`Waiting::wake`] after this call, even if nothing awaits it yet.
    pub(super) fn woken(&self) -> Notified<'_> {
        self.ended.notified()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut sessions = self.waiting.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // The map and this place hold it. Places are added and dropped under the lock.
        if Arc::strong_count(&self.ended) == 2 {
            sessions.remove(&self.session_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::Waiting;
    use crate::limits::capacity::Capacity;

    #[tokio::test]
    async fn only_calls_of_the_session_wake() {
        let waiting = Waiting::new(Capacity::of(NonZeroUsize::new(3).unwrap(), "in-flight"));
        let (first, second) = (waiting.enter("a").unwrap(), waiting.enter("a").unwrap());
        let other = waiting.enter("b").unwrap();
        let woken = (first.woken(), second.woken());
        waiting.wake("b");
        waiting.wake("none");
        let still = tokio::time::timeout(std::time::Duration::ZERO, first.woken()).await;
        assert!(still.is_err(), "another session ended");
        waiting.wake("a");
        woken.0.await;
        woken.1.await;
        drop(other);
    }

    #[test]
    fn places_are_limited_and_leave_nothing_behind() {
        let waiting = Waiting::new(Capacity::of(NonZeroUsize::new(2).unwrap(), "in-flight"));
        let (first, second) = (waiting.enter("a").unwrap(), waiting.enter("a").unwrap());
        assert!(waiting.enter("b").is_err());
        drop(first);
        assert_eq!(waiting.sessions.lock().unwrap().len(), 1, "the second still waits");
        drop(second);
        assert!(waiting.sessions.lock().unwrap().is_empty());
        assert!(waiting.enter("b").is_ok());
    }
}
