//! The relay's secrets. They come from a file or from the environment ([`load`]), never from a flag, because every user
//! of the machine can read the flags of a process.
//!
//! - [`data_keys`]: encrypts personal data in the database.
//! - [`session_keys`]: makes and checks session tokens.
//! - [`api_keys`]: checks the API keys of the host's back end.
//! - [`webhook_secrets`]: signs webhooks.
//! - [`proof_keys`]: signs proofs of verdicts.
//! - [`reload`]: loads changed files.

pub mod api_keys;
pub mod data_keys;
pub mod proof_keys;
pub mod reload;
pub mod session_keys;
pub mod webhook_secrets;

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

/// Maximum size of a file of secrets, in bytes. A longer file is something else, and could use up the memory.
const LONGEST_FILE: u64 = 65_536;

/// Why a secret can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Both a file and an environment variable are given. The relay does not guess which one to use.
    #[error("{0} is set, and a file is given for the same secret: give only one of them")]
    Twice(&'static str),
    /// The file can't be read.
    #[error("the file {0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is too long. The relay does not use a part of it: a key cut in two would be a wrong key.
    #[error("the file {0} is longer than {LONGEST_FILE} bytes, the limit for secrets")]
    TooLong(PathBuf),
    /// The file is blank. An operator who names a file means to give a secret: without it, the relay could start with
    /// webhooks or proofs turned off.
    #[error("the file {0} is empty")]
    Blank(PathBuf),
}

/// Loads a secret from its file, or from the value of its environment variable. Returns `None` if neither is given, or
/// if the variable is blank.
///
/// # Errors
/// [`SecretError`].
pub fn load(
    file: Option<&Path>,
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<SecretString>, SecretError> {
    // Compose files set an unused variable to the empty string.
    let value = value.map(SecretString::from).filter(|value| !value.expose_secret().trim().is_empty());
    match (file, value) {
        (Some(_), Some(_)) => Err(SecretError::Twice(variable)),
        (Some(path), None) => {
            let failed = |error| SecretError::File(path.to_owned(), error);
            let mut bytes = Vec::new();
            let file = std::fs::File::open(path).map_err(failed)?;
            file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
            if bytes.len() as u64 > LONGEST_FILE {
                return Err(SecretError::TooLong(path.to_owned()));
            }
            let text = String::from_utf8(bytes).map_err(|_| failed(std::io::ErrorKind::InvalidData.into()))?;
            if text.trim().is_empty() {
                return Err(SecretError::Blank(path.to_owned()));
            }
            Ok(Some(SecretString::from(text)))
        }
        (None, value) => Ok(value),
    }
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

    use super::{LONGEST_FILE, SecretError, entries, load};

    #[test]
    fn a_secret_comes_from_a_file_or_a_variable_but_not_both() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"# remark\none\ntwo\n").expect("written");
        let path = Some(file.path());
        let text = load(path, "X", Some(" ".to_owned())).expect("a secret").expect("a text");
        assert_eq!(entries(text.expose_secret()).collect::<Vec<_>>(), ["one", "two"]);
        let text = load(None, "X", Some("a, b".to_owned())).expect("a secret").expect("a text");
        assert_eq!(entries(text.expose_secret()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(load(None, "X", None).expect("nothing").is_none());
        assert!(matches!(load(path, "X", Some("a".to_owned())), Err(SecretError::Twice("X"))));
        assert!(matches!(load(Some("/nowhere/at/all".as_ref()), "X", None), Err(SecretError::File(_, _))));
    }

    #[test]
    fn a_blank_file_is_rejected() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b" \n").expect("written");
        let error = load(Some(file.path()), "X", None).expect_err("blank");
        assert!(matches!(error, SecretError::Blank(_)), "{error}");
    }

    #[test]
    fn a_file_that_is_too_long_is_rejected_and_never_cut() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&vec![b'k'; LONGEST_FILE as usize]).expect("written");
        let text = load(Some(file.path()), "X", None).expect("a secret").expect("a text");
        assert_eq!(text.expose_secret().len() as u64, LONGEST_FILE);
        file.write_all(b"\n").expect("written");
        let error = load(Some(file.path()), "X", None).expect_err("too long");
        assert!(matches!(error, SecretError::TooLong(_)) && error.to_string().contains("65536 bytes"), "{error}");
    }
}
