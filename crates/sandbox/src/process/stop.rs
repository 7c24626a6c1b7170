//! What ends a run ([`Stop`]): a signal, or the end of standard input where that was asked for.

use std::convert::Infallible;
use std::io;
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal as listen_for};
use tokio::sync::oneshot;

/// SIGINT, SIGTERM, SIGHUP (a terminal that was closed) and SIGQUIT, listened for from the moment this is made, so that
/// none is lost during start-up; and standard input.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    quit: Signal,
    input: Option<oneshot::Receiver<Infallible>>,
}

impl Stop {
    /// Starts to listen; to the end of standard input as well if `with_stdin`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen(with_stdin: bool) -> io::Result<Self> {
        Ok(Self {
            interrupt: listen_for(SignalKind::interrupt())?,
            terminate: listen_for(SignalKind::terminate())?,
            hang_up: listen_for(SignalKind::hangup())?,
            quit: listen_for(SignalKind::quit())?,
            input: if with_stdin { Some(read_stdin()?) } else { None },
        })
    }

    /// Waits for the next reason to stop.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.quit.recv() => {}
            () = ended(&mut self.input) => self.input = None,
        }
    }
}

async fn ended(input: &mut Option<oneshot::Receiver<Infallible>>) {
    match input {
        Some(input) => drop(input.await),
        None => std::future::pending().await,
    }
}

/// Reads standard input to its end; what is returned is closed then. The thread is no task of Tokio's, whose runtime
/// would wait for it at the end.
fn read_stdin() -> io::Result<oneshot::Receiver<Infallible>> {
    let (open, input) = oneshot::channel();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // An input that can't be read has ended as well.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        drop(open);
    })?;
    Ok(input)
}
