//! Secrets of the relay itself: from a file or from the environment, never from a flag ([`load`]), as the flags of a
//! process can be read by everyone on the machine.
//!
//! - [`data_keys`]: encryption of what is kept.
//! - [`session_keys`]: the session's token.
//! - [`api_keys`]: the keys of the host's back end.
//! - [`webhook_secrets`]: the signature of a webhook.

pub mod api_keys;
pub mod data_keys;
pub mod session_keys;
pub mod webhook_secrets;

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

/// Largest file that is read, in bytes: a longer one is the wrong file.
const LONGEST_FILE: u64 = 65_536;

/// Why a secret can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A file and an environment variable were given; which one is meant is not ours to guess.
    #[error("{0} is set, and a file is given for the same secret: give only one of them")]
    Twice(&'static str),
    /// The file can't be read.
    #[error("the file {0} can't be read: {1}")]
    File(PathBuf, std::io::Error),
}

/// The text of a secret from its file, or from its environment variable's value. `None` where neither is given, or
/// where what is given is blank.
///
/// # Errors
/// [`SecretError`].
pub fn load(
    file: Option<&Path>,
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<SecretString>, SecretError> {
    // Compose files set a variable that is not wanted to nothing.
    let value = value.map(SecretString::from).filter(|value| !value.expose_secret().trim().is_empty());
    match (file, value) {
        (Some(_), Some(_)) => Err(SecretError::Twice(variable)),
        (Some(path), None) => {
            let failed = |error| SecretError::File(path.to_owned(), error);
            let mut text = String::new();
            let file = std::fs::File::open(path).map_err(failed)?;
            file.take(LONGEST_FILE).read_to_string(&mut text).map_err(failed)?;
            Ok(Some(SecretString::from(text)).filter(|text| !text.expose_secret().trim().is_empty()))
        }
        (None, value) => Ok(value),
    }
}

/// Whether everybody on the machine may read a file. That is for a warning alone: containers are given their secrets so.
#[must_use]
pub fn is_open_to_all(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

/// The entries of a secret's text: parted by white space or commas; a line that starts with `#` is a remark.
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

    use super::{SecretError, entries, load};

    #[test]
    fn a_secret_has_one_source() {
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
}
