//! Commands that print a secret ([`SecretCommand`]), for secrets in a key management service or a vault.
//!
//! A command runs without a shell, in a process group of its own, without the relay's own variables, and for a limited
//! time. Only its standard output is read. Its standard error is dropped, because it may quote the secret.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use secrecy::SecretString;

/// Maximum size of a secret, in bytes. A longer one is something else, and could use up the memory.
pub(super) const LONGEST: u64 = 65_536;

/// Longest run of a command. A cold start of a cloud provider's tool takes some seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// Time between two looks at a process.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Prefix of the relay's own variables, some of which hold secrets. A command does not get them.
const OWN_VARIABLES: &str = "AKIBA_";

/// A program and its arguments. The program prints a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretCommand {
    program: String,
    arguments: Vec<String>,
}

/// The text is not a [`SecretCommand`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a program and its arguments, with balanced quotes; no shell runs it")]
pub struct NotACommand;

impl FromStr for SecretCommand {
    type Err = NotACommand;

    /// Splits the text into words as a POSIX shell does, at white space and by its quotes. Expands nothing.
    fn from_str(text: &str) -> Result<Self, NotACommand> {
        let mut words = shlex::split(text).ok_or(NotACommand)?.into_iter();
        let program = words.next().filter(|program| !program.is_empty()).ok_or(NotACommand)?;
        Ok(Self { program, arguments: words.collect() })
    }
}

/// Why a command gave no secret. It quotes neither its arguments nor its output.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The program can't be started.
    #[error("the command can't be started: {0}")]
    Start(std::io::Error),
    /// The command took too long, and was killed.
    #[error("the command took longer than {}", humantime::format_duration(*.0))]
    Slow(Duration),
    /// The command failed.
    #[error(
        "the command failed with {0}: run it by hand as the relay's user to see why, because what it writes to standard \
         error is not logged"
    )]
    Failed(ExitStatus),
    /// Its output is too long.
    #[error("the command printed more than {LONGEST} bytes, the limit for secrets")]
    TooLong,
    /// Its output is not text.
    #[error("the command printed something that is not text: keys must be in their text form")]
    NotText,
    /// It printed nothing.
    #[error("the command printed nothing")]
    Empty,
    /// Its output can't be read, or the state of its process can't.
    #[error("the command's output can't be read: {0}")]
    Output(std::io::Error),
}

impl SecretCommand {
    /// Runs the command with this standard input. Returns what it printed.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn run(&self, input: Vec<u8>) -> Result<SecretString, CommandError> {
        self.run_within(LIMIT, input)
    }

    fn run_within(&self, limit: Duration, input: Vec<u8>) -> Result<SecretString, CommandError> {
        let deadline = Instant::now() + limit;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(OWN_VARIABLES)) {
            command.env_remove(name);
        }
        // Killed on every way out, with the programs that it has started.
        let mut child =
            scopeguard::guard(command.spawn().map_err(CommandError::Start)?, |mut child| drop(end(&mut child)));
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        // In threads, so that neither a command that does not read nor one that does not end holds up the relay.
        in_thread(move || drop(stdin.map(|mut stdin| stdin.write_all(&input))))?;
        let (sender, printed) = mpsc::channel();
        in_thread(move || {
            let mut bytes = Vec::new();
            let read = stdout.map_or(Ok(0), |stdout| stdout.take(LONGEST + 1).read_to_end(&mut bytes));
            let _ = sender.send(read.map(|_| bytes));
        })?;
        let bytes = output(&child, &printed, deadline)?.ok_or(CommandError::Slow(limit))?;
        if bytes.len() as u64 > LONGEST {
            return Err(CommandError::TooLong);
        }
        while !has_ended(&child).map_err(CommandError::Output)? {
            if Instant::now() >= deadline {
                return Err(CommandError::Slow(limit));
            }
            thread::sleep(POLL_INTERVAL);
        }
        let status = end(&mut scopeguard::ScopeGuard::into_inner(child)).map_err(CommandError::Output)?;
        if !status.success() {
            return Err(CommandError::Failed(status));
        }
        let text = String::from_utf8(bytes).map_err(|_| CommandError::NotText)?;
        if text.trim().is_empty() { Err(CommandError::Empty) } else { Ok(text.into()) }
    }
}

fn in_thread(work: impl FnOnce() + Send + 'static) -> Result<(), CommandError> {
    thread::Builder::new().spawn(work).map(drop).map_err(CommandError::Start)
}

/// Returns what a process has printed, or `None` at the deadline. Programs that it leaves behind are killed when it has
/// ended: they could keep its standard output open for ever.
fn output(
    child: &Child,
    printed: &Receiver<io::Result<Vec<u8>>>,
    deadline: Instant,
) -> Result<Option<Vec<u8>>, CommandError> {
    loop {
        match printed.recv_timeout(POLL_INTERVAL) {
            Ok(read) => return read.map(Some).map_err(CommandError::Output),
            Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
            Err(_) => return Ok(None),
        }
        if has_ended(child).map_err(CommandError::Output)? {
            kill_all(child);
        }
    }
}

/// Returns whether a process has ended. Does not reap it, so its id stays reserved.
fn has_ended(child: &Child) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
}

/// Kills the group of a process that is not reaped yet.
fn kill_all(child: &Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

/// Kills a process and the programs that it has started, as far as they run, and reaps it. Consumes the process: do not call it twice.
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    kill_all(child);
    child.wait()
}

impl fmt::Debug for SecretCommand {
    /// Omits the arguments, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretCommand").field("program", &self.program).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use secrecy::ExposeSecret;

    use super::{CommandError, LONGEST, NotACommand, SecretCommand};

    fn run(command: &str, input: &str) -> Result<String, CommandError> {
        let command: SecretCommand = command.parse().unwrap();
        command.run(input.as_bytes().to_vec()).map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_command_gets_its_input_and_no_shell() {
        assert_eq!(run("base64 -d", "czNjcmV0Cg==").unwrap(), "s3cret\n");
        assert_eq!(run("printf '%s|%s' \"a b\" $HOME;id", "").unwrap(), "a b|$HOME;id");
        // A command that does not read its input is not held up by it.
        assert_eq!(run("echo s3cret", &"x".repeat(1_000_000)).unwrap(), "s3cret\n");
        for wrong in ["", "  ", "'' a", "vault \"kv", "a\\"] {
            assert_eq!(wrong.parse::<SecretCommand>(), Err(NotACommand), "{wrong}");
        }
        let shown = format!("{:?}", "vault -token=s3cret".parse::<SecretCommand>().unwrap());
        assert!(shown.contains("vault") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_command_that_fails_gives_no_secret_and_no_words() {
        let printing = |bytes: u64| format!("sh -c 'head -c {bytes} /dev/zero | tr \"\\0\" k'");
        for (command, expected) in [
            ("/nowhere/at/all s3cret", "can't be started"),
            ("sh -c 'echo s3cret; echo s3cret >&2; exit 3'", "failed with exit status: 3"),
            ("sh -c 'echo s3cret; kill -9 $$'", "failed with signal: 9"),
            ("true", "printed nothing"),
            ("echo", "printed nothing"),
            ("printf '\\377s3cret'", "not text"),
            (&printing(LONGEST + 1), "more than 65536 bytes"),
            ("yes s3cret", "more than 65536 bytes"),
        ] {
            let error = run(command, "").unwrap_err().to_string();
            assert!(error.contains(expected), "{command}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert_eq!(run(&printing(LONGEST), "").unwrap().len() as u64, LONGEST);
    }

    #[test]
    fn a_command_that_hangs_is_killed_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        let script = format!("sh -c '(sleep 2; touch {}) & sleep 60'", late.display());
        let command: SecretCommand = script.parse().unwrap();
        let started = Instant::now();
        let error = command.run_within(Duration::from_millis(300), Vec::new()).unwrap_err();
        assert!(matches!(error, CommandError::Slow(_)) && started.elapsed() < Duration::from_secs(2), "{error}");
        std::thread::sleep(Duration::from_secs(3));
        assert!(!late.exists(), "the command's child still runs");
    }

    #[test]
    fn programs_that_a_command_leaves_behind_are_killed() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        for (exit, is_secret) in [(0, true), (3, false)] {
            // It holds the standard output.
            let script = format!("sh -c '(sleep 2; touch {}) & echo s3cret; exit {exit}'", late.display());
            let started = Instant::now();
            assert_eq!(run(&script, "").is_ok(), is_secret, "{exit}");
            assert!(started.elapsed() < Duration::from_secs(2), "{exit}");
        }
        std::thread::sleep(Duration::from_secs(3));
        assert!(!late.exists(), "the command's child still runs");
    }
}
