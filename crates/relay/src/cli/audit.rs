//! The commands for the audit trail ([`AuditCommand`]).

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::audit::{Chained, Checker, Head, is_about};
use crate::session::audit::chain_all;
use crate::session::settings::SessionSettings;
use crate::store::Store;

/// Entries in one query.
const BATCH: i64 = 500;

/// A command for the audit trail.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Prints the whole trail, one entry a line in JSON, and its head to standard error
    Export,
    /// Checks the trail and prints its head; keep the head elsewhere, and give it to the next check
    Verify {
        /// An exported trail; without it, the trail in the database
        file: Option<PathBuf>,
        /// A head that an earlier check or export printed: what it covers must be unchanged
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<Head>,
    },
    /// Checks the trail and prints the entries about a session, such as its deletion
    Session {
        /// Id of the session
        id: String,
    },
}

/// A line of an export.
#[derive(Serialize, Deserialize)]
struct Line {
    seq: i64,
    /// The text that is hashed.
    record: String,
    hash: String,
}

impl Line {
    fn of(entry: &Chained) -> Self {
        Self { seq: entry.seq, record: entry.record.clone(), hash: BASE64_URL_SAFE_NO_PAD.encode(&entry.hash) }
    }

    fn read(text: &str) -> Option<Chained> {
        let Self { seq, record, hash } = serde_json::from_str(text).ok()?;
        Some(Chained { seq, record, hash: BASE64_URL_SAFE_NO_PAD.decode(hash).ok()? })
    }
}

/// Runs a command and prints its result.
///
/// # Errors
/// When the trail is not intact, or the database or a file fails.
pub async fn run(command: AuditCommand, settings: &SessionSettings) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    match command {
        AuditCommand::Export => {
            let print = |entry: &Chained| Ok(writeln!(out, "{}", serde_json::to_string(&Line::of(entry))?)?);
            let head = in_database(settings, None, print).await?;
            writeln!(io::stderr(), "head {head}")?;
        }
        AuditCommand::Verify { file, head } => {
            let head = match file {
                Some(file) => in_file(&file, head)?,
                None => in_database(settings, head, |_| Ok(())).await?,
            };
            writeln!(out, "the audit trail is intact\nhead {head}")?;
        }
        AuditCommand::Session { id } => {
            let print = |entry: &Chained| match is_about(&entry.record, &id) {
                true => Ok(writeln!(out, "{} {}", entry.seq, entry.record)?),
                false => Ok(()),
            };
            let head = in_database(settings, None, print).await?;
            writeln!(io::stderr(), "head {head}")?;
        }
    }
    Ok(())
}

/// Checks the trail in the database, and calls `each` for each entry that was checked.
async fn in_database(
    settings: &SessionSettings,
    known: Option<Head>,
    mut each: impl FnMut(&Chained) -> Result<(), Box<dyn Error>>,
) -> Result<Head, Box<dyn Error>> {
    settings.store.database.must_exist()?;
    settings.store.check_encryption(&settings.store.database)?;
    let store = Store::of(&settings.store, 1).await?;
    chain_all(&store).await?;
    let (mut checker, mut after) = (Checker::new(known), i64::MIN);
    loop {
        let entries = store.audit_after(after, BATCH).await?;
        let Some(last) = entries.last() else { break };
        after = last.seq;
        for entry in &entries {
            checker.check(entry)?;
            each(entry)?;
        }
    }
    store.close().await;
    Ok(checker.finish()?)
}

fn in_file(file: &PathBuf, known: Option<Head>) -> Result<Head, Box<dyn Error>> {
    let mut checker = Checker::new(known);
    for (number, line) in (1..).zip(BufReader::new(File::open(file)?).lines()) {
        let entry = Line::read(&line?).ok_or_else(|| format!("line {number} is not an entry of an export"))?;
        checker.check(&entry)?;
    }
    Ok(checker.finish()?)
}
