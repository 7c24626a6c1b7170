//! The signals that end the service ([`Signals`]).

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal as listen_for};

/// SIGINT, SIGTERM, SIGHUP and SIGQUIT, listened for.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    quit: Signal,
}

impl Signals {
    /// Starts to listen. From here on the signals no longer end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: listen_for(SignalKind::interrupt())?,
            terminate: listen_for(SignalKind::terminate())?,
            hang_up: listen_for(SignalKind::hangup())?,
            quit: listen_for(SignalKind::quit())?,
        })
    }

    /// Waits for the next of them.
    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.quit.recv() => {}
        }
    }

    /// Waits for the next two of them: who signals again will not wait for what still runs.
    pub async fn received_twice(&mut self) {
        self.received().await;
        self.received().await;
    }
}
