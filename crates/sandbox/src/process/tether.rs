//! Child processes that do not outlive this one ([`command`], [`run`], [`terminate`]).
//!
//! A parent that is killed outright can't end its children. Linux can: `PR_SET_PDEATHSIG` sends the child a signal when
//! its parent dies. The child has to ask for it itself, between `fork` and `exec`, where safe Rust can't go. So this
//! program starts itself as the child, asks, and then becomes the program that was meant.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

/// The hidden subcommand that calls [`run`].
pub const SUBCOMMAND: &str = "run-tethered";

/// A command that runs `program` tethered to this process, which must be `akiba-sandbox`. To be spawned from the main
/// thread: the tether is to the thread that spawns. Only Linux has tethers; elsewhere it is a plain child.
///
/// # Errors
/// Where this process does not know its own path.
pub fn command(program: &Path) -> io::Result<Command> {
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(SUBCOMMAND).arg(std::process::id().to_string()).arg("--").arg(program);
        command
    } else {
        Command::new(program)
    };
    // A group of its own: a Ctrl-C in the terminal is for the parent, which then ends the child in order.
    command.process_group(0);
    command.kill_on_drop(true);
    Ok(command)
}

/// Ties this process to its parent of the given id and becomes `program`. Returns only where that fails.
#[cfg(target_os = "linux")]
#[must_use]
pub fn run(parent: u32, program: &OsString, arguments: &[OsString]) -> io::Error {
    use std::os::unix::process::{CommandExt, parent_id};

    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM)) {
        return error.into();
    }
    if parent_id() != parent {
        return io::Error::other("the parent is gone");
    }
    std::process::Command::new(program).args(arguments).exec()
}

/// There are no tethers here.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn run(_parent: u32, _program: &OsString, _arguments: &[OsString]) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Asks a child to end, and ends it where it does not within `timeout`.
///
/// # Errors
/// Where the child can't be waited for.
pub async fn terminate(child: &mut Child, timeout: Duration) -> io::Result<ExitStatus> {
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw) {
        // It may have ended by itself, which is as good.
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
    match tokio::time::timeout(timeout, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.start_kill()?;
            child.wait().await
        }
    }
}
