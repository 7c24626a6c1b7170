//! The signals that stop the service ([`Signals`]).

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal as listen_for};

/// Listens for SIGINT, SIGTERM and SIGQUIT.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    quit: Signal,
}

impl Signals {
    /// Starts to listen. From now on the signals no longer end the process by themselves.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: listen_for(SignalKind::interrupt())?,
            terminate: listen_for(SignalKind::terminate())?,
            quit: listen_for(SignalKind::quit())?,
        })
    }

    /// Waits for the next signal.
    pub async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.quit.recv() => {}
        }
    }

    /// Waits for two signals. The second one means: stop without waiting for running requests.
    pub async fn received_twice(&mut self) {
        self.received().await;
        self.received().await;
    }
}

/// Starts to listen for SIGHUP, which loads changed secrets. From now on it no longer ends the process.
///
/// # Errors
/// When the operating system refuses.
pub fn hang_up() -> io::Result<Signal> {
    listen_for(SignalKind::hangup())
}
