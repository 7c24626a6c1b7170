//! What stops a run ([`Stop`]): a signal or, if requested, the end of standard input.

use std::convert::Infallible;
use std::io;
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal as listen_for};
use tokio::sync::oneshot;

/// Listens for SIGINT, SIGTERM, SIGHUP (a closed terminal), SIGQUIT and the end of standard input. It listens from its
/// creation, so that no signal is lost during start-up.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    quit: Signal,
    input: Option<oneshot::Receiver<Infallible>>,
}

impl Stop {
    /// Starts to listen; for the end of standard input only if `with_stdin`.
    ///
    /// # Errors
    /// Fails if the system refuses the signal handlers or the thread.
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

/// Reads standard input to its end, then closes the returned channel. It uses a thread of its own, because the runtime
/// would wait for a blocking Tokio task at shutdown.
fn read_stdin() -> io::Result<oneshot::Receiver<Infallible>> {
    let (open, input) = oneshot::channel();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // An input that can't be read counts as ended.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        drop(open);
    })?;
    Ok(input)
}
