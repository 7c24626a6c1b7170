//! The relay's secrets. They come from a file, a command or the environment ([`SecretSource`]), never from a flag, because
//! every user of the machine can read the flags of a process.
//!
//! - [`source`]: where a secret comes from.
//! - [`command`]: commands that print a secret.
//! - [`data_keys`]: encrypts personal data in the database.
//! - [`session_keys`]: makes and checks session tokens.
//! - [`api_keys`]: checks the API keys of the host's back end.
//! - [`webhook_secrets`]: signs webhooks.
//! - [`proof_keys`]: signs proofs of verdicts.
//! - [`reload`]: loads changed secrets.

pub mod api_keys;
pub mod command;
pub mod data_keys;
pub mod proof_keys;
pub mod reload;
pub mod session_keys;
pub mod source;
pub mod webhook_secrets;

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use self::command::CommandError;
pub use self::source::SecretSource;

/// Maximum size of a secret, in bytes. A longer file is something else, and could use up the memory.
const LONGEST: u64 = 65_536;

/// Why a secret can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// An environment variable is set, and a file or a command is given, too. The relay does not guess which one to use.
    #[error("{0} is set, and a file or a command is given for the same secret: give only one of them")]
    Twice(&'static str),
    /// The file can't be read.
    #[error("the file {0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is too long. The relay does not use a part of it: a key cut in two would be a wrong key.
    #[error("the file {0} is longer than {LONGEST} bytes, the limit for secrets")]
    TooLong(PathBuf),
    /// The file is blank. An operator who names a file means to give a secret: without it, the relay could start with
    /// webhooks or proofs turned off.
    #[error("the file {0} is empty")]
    Blank(PathBuf),
    /// The command of this flag gave no secret.
    #[error("{0}: {1}")]
    Command(String, CommandError),
}

/// Loads a secret from a file that must hold it as text.
///
/// # Errors
/// [`SecretError`].
pub fn load(path: &Path) -> Result<SecretString, SecretError> {
    text_of(path, read_file(path)?)
}

/// Reads a file that is not blank.
fn read_file(path: &Path) -> Result<Vec<u8>, SecretError> {
    let failed = |error| SecretError::File(path.to_owned(), error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(SecretError::TooLong(path.to_owned()));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) { Err(SecretError::Blank(path.to_owned())) } else { Ok(bytes) }
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<SecretString, SecretError> {
    let text = String::from_utf8(bytes);
    text.map(Into::into).map_err(|_| SecretError::File(path.to_owned(), std::io::ErrorKind::InvalidData.into()))
}

/// Returns whether every user of the machine may read a file. Use it only for a warning, because container runtimes
/// mount secrets that way.
#[must_use]
pub fn is_open_to_all(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

/// Splits the text of a secret into entries, at white space and commas. Skips comment lines, which start with `#`.
pub fn entries(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines
        .flat_map(|line| line.split(|char: char| char.is_whitespace() || char == ','))
        .filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use secrecy::ExposeSecret;

    use super::{LONGEST, SecretError, SecretSource, entries, load};

    #[test]
    fn a_secret_comes_from_a_file_or_a_variable_but_not_both() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"# remark\none\ntwo\n").expect("written");
        let path = file.path().to_path_buf();
        let load = |file, value: Option<&str>| SecretSource::new("x", "X", file, None).load(value.map(str::to_owned));
        let text = load(Some(&path), Some(" ")).expect("a secret").expect("a text");
        assert_eq!(entries(text.expose_secret()).collect::<Vec<_>>(), ["one", "two"]);
        let text = load(None, Some("a, b")).expect("a secret").expect("a text");
        assert_eq!(entries(text.expose_secret()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(load(None, None).expect("nothing").is_none());
        assert!(matches!(load(Some(&path), Some("a")), Err(SecretError::Twice("X"))));
        assert!(matches!(load(Some(&"/nowhere/at/all".into()), None), Err(SecretError::File(_, _))));
    }

    #[test]
    fn a_blank_file_is_rejected() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b" \n").expect("written");
        let error = load(file.path()).expect_err("blank");
        assert!(matches!(error, SecretError::Blank(_)), "{error}");
    }

    #[test]
    fn a_file_that_is_too_long_is_rejected_and_never_cut() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&vec![b'k'; LONGEST as usize]).expect("written");
        let text = load(file.path()).expect("a secret");
        assert_eq!(text.expose_secret().len() as u64, LONGEST);
        file.write_all(b"\n").expect("written");
        let error = load(file.path()).expect_err("too long");
        assert!(matches!(error, SecretError::TooLong(_)) && error.to_string().contains("65536 bytes"), "{error}");
    }
}
