//! Moves SQLite's log into the database while the writer goes on ([`Checkpointer`]).

use std::cell::Cell;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Error};

use crate::store::flush::end_after_failed_flush;

/// After so many changes the log is moved. A change writes about 14 pages alone, and fewer in a group.
pub(super) const CHANGES: usize = 500;

/// `SQLITE_IOERR_FSYNC`.
const FAILED_FLUSH: i32 = 1034;

/// A thread with a connection of its own.
pub(super) struct Checkpointer {
    /// Holds at most one request: a second one would find nothing to do.
    requests: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    changes: Cell<usize>,
}

impl Checkpointer {
    pub(super) fn start(open: impl Fn() -> rusqlite::Result<Connection> + Send + 'static) -> std::io::Result<Self> {
        let (requests, incoming) = sync_channel(1);
        let thread = thread::Builder::new().name("checkpoints".to_owned()).spawn(move || run(&incoming, open))?;
        Ok(Self { requests: Some(requests), thread: Some(thread), changes: Cell::new(0) })
    }

    /// Call it after each transaction, with the number of its changes.
    pub(super) fn count(&self, changes: usize) {
        let sum = self.changes.get() + changes;
        let due = sum >= CHANGES;
        self.changes.set(if due { 0 } else { sum });
        if due && let Some(requests) = &self.requests {
            // If one waits, it covers these changes.
            let _ = requests.try_send(());
        }
    }
}

/// Waits for the thread: SQLite's file may not be in use after the store has closed.
impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(requests: &Receiver<()>, open: impl Fn() -> rusqlite::Result<Connection>) {
    let mut kept = None;
    while requests.recv().is_ok() {
        let moved = kept.take().map_or_else(&open, Ok).and_then(|connection| {
            // Neither waits for readers and writers nor makes them wait. What they hold is moved the next time.
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))?;
            Ok(connection)
        });
        match moved {
            Ok(connection) => kept = Some(connection),
            Err(Error::SqliteFailure(error, _)) if error.extended_code == FAILED_FLUSH => {
                end_after_failed_flush("error 1034")
            }
            // A full disk, for example. The sweep's checkpoint reports what lasts.
            Err(error) => tracing::debug!("SQLite's log was not moved: {error}"),
        }
    }
}
