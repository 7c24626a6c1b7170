//! Child processes that do not outlive this one ([`command`], [`run`], [`terminate`]).
//!
//! A parent that is killed with SIGKILL can't stop its children. Linux can: the parent-death signal (`PR_SET_PDEATHSIG`)
//! reaches the child when its parent dies. The child has to request it itself between `fork` and `exec`, which needs
//! `unsafe`. So this program starts itself as the child, requests the signal, and then replaces itself (`exec`) by the
//! intended program. The code calls this child tethered.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

/// The hidden subcommand that calls [`run`].
pub const SUBCOMMAND: &str = "run-tethered";

/// Returns a command that runs `program` tethered to this process, which must be `akiba-sandbox`. Spawn it from the main
/// thread, because the signal comes when the spawning thread ends. On systems other than Linux it is a plain child.
///
/// # Errors
/// Fails if this process can't find its own path.
pub fn command(program: &Path) -> io::Result<Command> {
    let mut command = if cfg!(target_os = "linux") {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(SUBCOMMAND).arg(std::process::id().to_string()).arg("--").arg(program);
        command
    } else {
        Command::new(program)
    };
    // Its own process group: Ctrl-C in the terminal reaches only the parent, which then terminates the child.
    command.process_group(0);
    command.kill_on_drop(true);
    Ok(command)
}

/// Requests the parent-death signal and becomes `program`. `parent` is the id of the parent. Returns only on failure.
#[cfg(target_os = "linux")]
#[must_use]
pub fn run(parent: u32, program: &OsString, arguments: &[OsString]) -> io::Error {
    use std::os::unix::process::{CommandExt, parent_id};

    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM)) {
        return error.into();
    }
    if parent_id() != parent {
        return io::Error::other("the parent process has exited");
    }
    std::process::Command::new(program).args(arguments).exec()
}

/// Fails: this system has no parent-death signal.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn run(_parent: u32, _program: &OsString, _arguments: &[OsString]) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Sends SIGTERM to a child, and kills it if it has not exited after `timeout`.
///
/// # Errors
/// Fails if the system can't wait for the child.
pub async fn terminate(child: &mut Child, timeout: Duration) -> io::Result<ExitStatus> {
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw) {
        // An error means that it has exited already.
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
