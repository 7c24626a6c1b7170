//! Keeps the logs of a whole test run at level `trace`, and the secrets that must not be in them, in the folder that
//! `AKIBA_SELFIE_LOGS` names. `scripts/search-logs.mjs` searches them. Without the variable nothing is kept.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::id;
use std::sync::{Arc, Once};

use akiba_relay::telemetry;
use akiba_relay::telemetry::LogFormat;
use tracing_subscriber::util::SubscriberInitExt;

use super::{FILE_NAME, FULL_NAME, IDENTIFIER, S3_KEY, SIGNATURE, TOKEN};

/// Opens the file of this process with this ending. Returns `None` without a folder.
fn file(end: &str) -> Option<File> {
    let folder = PathBuf::from(std::env::var_os("AKIBA_SELFIE_LOGS")?);
    let path = folder.join(format!("relay-{}{end}", id()));
    Some(OpenOptions::new().create(true).append(true).open(path).unwrap())
}

/// Keeps the log of the relays in this process from now on, unless a test has set a subscriber of its own.
pub(crate) fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(file) = file(".log") else { return };
        // Without the S3 of the sandbox, which runs in the same process: it logs the keys of its objects.
        let everything = "trace,akiba_sandbox=off,s3s=off,s3s_fs=off".parse().unwrap();
        let _ = telemetry::subscriber(LogFormat::Json, everything, false, Arc::new(file)).try_init();
        for fixture in [TOKEN, IDENTIFIER, S3_KEY, SIGNATURE, FILE_NAME, FULL_NAME] {
            secret(fixture);
        }
    });
}

/// Keeps the log of a relay in a process of its own.
pub(crate) fn keep(log: &str) {
    if let Some(mut file) = file("-process.log") {
        file.write_all(log.as_bytes()).unwrap();
    }
}

/// Notes a text that must not be in any log: an id, a token, a key, a name or a link of this run.
pub(crate) fn secret(text: &str) {
    if let Some(mut file) = file(".secrets") {
        file.write_all(format!("{text}\n").as_bytes()).unwrap();
    }
}
