//! The program itself, in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::database::Database;
use crate::support::{TOKEN, run_log};

/// The program, until it is killed.
pub(crate) struct Program {
    child: Child,
    pub(crate) base: String,
}

impl Program {
    pub(crate) fn start(database: &Database, vendor: &str, flags: &[String]) -> Self {
        let keys = &database.keys;
        // A write beyond a limit of the process is an error, as one to a full disk is, and no signal.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_akiba-relay")]);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.args(["--listen=127.0.0.1:0", "--vendor-base", vendor, "--database", &database.url]);
        command.args(["--api-key", &keys.api_setting]).args(flags);
        command.env("AKIBA_TOKEN", TOKEN).env("AKIBA_SESSION_KEYS", &keys.session);
        command.env("AKIBA_DATA_KEYS", &keys.data).env("AKIBA_WEBHOOK_SECRETS", &keys.webhook);
        run_log::of_process(&mut command);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").expect("the line that names the address").to_owned();
        Self { child, base }
    }

    /// Largest size of a file that it may write, from now on.
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SIGKILL.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
