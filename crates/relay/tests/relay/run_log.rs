//! The logs of a whole test run, at their most talkative, and what must not be in them: both go to the folder that
//! `AKIBA_SELFIE_LOGS` names, for `scripts/search-logs.mjs`. Without the variable nothing is kept.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio, id};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use akiba_relay::telemetry;
use akiba_relay::telemetry::LogFormat;
use tracing_subscriber::util::SubscriberInitExt;

use super::{FILE_NAME, FULL_NAME, IDENTIFIER, S3_KEY, SIGNATURE, TOKEN};

/// A file of the folder that ends in this, if there is a folder.
fn file(end: &str) -> Option<File> {
    let folder = PathBuf::from(std::env::var_os("AKIBA_SELFIE_LOGS")?);
    let path = folder.join(format!("relay-{}{end}", id()));
    Some(OpenOptions::new().create(true).append(true).open(path).unwrap())
}

/// Keeps the log of the relays in this process, from now on. A test that has the process's log for itself keeps it.
pub(crate) fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(file) = file(".log") else { return };
        // All but what is not the relay's: an S3 in the same process names what it keeps.
        let everything = "trace,akiba_sandbox=off,s3s=off,s3s_fs=off".parse().unwrap();
        let _ = telemetry::subscriber(LogFormat::Json, everything, false, Arc::new(file)).try_init();
        for fixture in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, FULL_NAME] {
            secret(fixture);
        }
    });
}

/// Keeps the log of a relay that is about to be started as a process of its own, where the test does not read it.
pub(crate) fn of_process(command: &mut Command) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    if let Some(file) = file(&format!("-process-{count}.log")) {
        command.env("AKIBA_RELAY_LOG", "trace").env("AKIBA_RELAY_LOG_FORMAT", "json").stderr(Stdio::from(file));
    }
}

/// Keeps a log that the test has read.
pub(crate) fn keep(log: &str) {
    if let Some(mut file) = file("-read.log") {
        file.write_all(log.as_bytes()).unwrap();
    }
}

/// Notes what must be in no log: an id, a token, a key, a name or a link of this run.
pub(crate) fn secret(text: &str) {
    if let Some(mut file) = file(".secrets") {
        file.write_all(format!("{text}\n").as_bytes()).unwrap();
    }
}
