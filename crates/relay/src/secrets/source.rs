//! Where a secret comes from ([`SecretSource`]): a file, a command, or both.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::command::SecretCommand;
use super::{SecretError, read_file, text_of};

/// The settings `--NAME-file` and `--NAME-command` of a secret, and its environment variable.
///
/// - A file alone holds the secret.
/// - A command alone prints it.
/// - With both, the command gets the file as its standard input: the file holds the secret encrypted, and the command
///   decrypts it.
#[derive(Clone, Debug)]
pub struct SecretSource {
    name: &'static str,
    variable: &'static str,
    file: Option<PathBuf>,
    command: Option<SecretCommand>,
}

impl SecretSource {
    /// Gathers the settings of the secret with this name.
    #[must_use]
    pub fn new(
        name: &'static str,
        variable: &'static str,
        file: Option<&PathBuf>,
        command: Option<&SecretCommand>,
    ) -> Self {
        Self { name, variable, file: file.cloned(), command: command.cloned() }
    }

    /// Returns the flag that names the file, or the one with the command if there is no file.
    #[must_use]
    pub fn flag(&self) -> String {
        let kind = if self.file.is_some() { "file" } else { "command" };
        format!("--{}-{kind}", self.name)
    }

    /// Returns the name of the environment variable that can hold the secret.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// Returns the file.
    #[must_use]
    pub fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// Returns whether a command prints the secret.
    #[must_use]
    pub fn has_command(&self) -> bool {
        self.command.is_some()
    }

    /// Returns whether a file or a command is given.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.file.is_some() || self.command.is_some()
    }

    /// Loads the secret, or takes the `value` of its environment variable. Returns `None` if nothing is given, or if the
    /// variable is blank.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn load(&self, value: Option<String>) -> Result<Option<SecretString>, SecretError> {
        // Compose files set an unused variable to the empty string.
        let value = value.map(SecretString::from).filter(|value| !value.expose_secret().trim().is_empty());
        match (self.is_given(), value) {
            (true, Some(_)) => Err(SecretError::Twice(self.variable)),
            (true, None) => self.read().map(Some),
            (false, value) => Ok(value),
        }
    }

    fn read(&self) -> Result<SecretString, SecretError> {
        let input = self.file.as_deref().map(read_file).transpose()?;
        match (&self.command, &self.file) {
            (Some(command), _) => command
                .run(input.unwrap_or_default())
                .map_err(|error| SecretError::Command(format!("--{}-command", self.name), error)),
            (None, Some(path)) => text_of(path, input.unwrap_or_default()),
            (None, None) => Ok(SecretString::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use secrecy::ExposeSecret;

    use super::SecretSource;

    #[test]
    fn a_command_unwraps_the_file_or_prints_the_secret_by_itself() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        // In the base64 of `s3cret`.
        file.write_all(b"czNjcmV0").unwrap();
        let path = file.path().to_path_buf();
        let load = |file: Option<&std::path::PathBuf>, command: Option<&str>, value: Option<&str>| {
            let command = command.map(|command| command.parse().unwrap());
            let source = SecretSource::new("data-keys", "X", file, command.as_ref());
            let loaded = source.load(value.map(str::to_owned)).map_err(|error| error.to_string())?;
            Ok::<_, String>(loaded.map(|text| text.expose_secret().to_owned()))
        };
        assert_eq!(load(Some(&path), None, None), Ok(Some("czNjcmV0".to_owned())));
        assert_eq!(load(Some(&path), Some("base64 -d"), Some(" ")), Ok(Some("s3cret".to_owned())));
        assert_eq!(load(None, Some("printf s3cret"), None), Ok(Some("s3cret".to_owned())));
        assert_eq!(load(None, None, Some("s3cret")), Ok(Some("s3cret".to_owned())));
        assert_eq!(load(None, None, None), Ok(None));
        let twice = load(None, Some("printf s3cret"), Some("x")).unwrap_err();
        assert!(twice.contains("X is set"), "{twice}");
        let failed = load(Some(&path), Some("false"), None).unwrap_err();
        assert!(failed.starts_with("--data-keys-command: the command failed with exit status: 1"), "{failed}");
        let empty = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let blank = load(Some(&empty.to_path_buf()), Some("printf s3cret"), None).unwrap_err();
        assert!(blank.contains("is empty"), "{blank}");
    }
}
