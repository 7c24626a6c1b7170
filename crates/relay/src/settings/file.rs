//! The settings file ([`SettingsFile`]), in TOML. Its keys are the flags without their dashes. This module only parses
//! the file; [`layers`](super::layers) checks keys and values.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// A parsed settings file.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    /// Where the file is.
    pub path: PathBuf,
    /// Its settings, in the order of the file.
    pub entries: Vec<Entry>,
}

/// One setting of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The flag without its dashes.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// The line of the key, from 1.
    pub line: usize,
}

impl fmt::Debug for Entry {
    /// Omits the value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("key", &self.key).field("line", &self.line).finish_non_exhaustive()
    }
}

/// The value of a setting, in the text form of a flag.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// One string or number.
    One(String),
    /// A list of strings or numbers.
    List(Vec<String>),
    /// A boolean.
    Switch(bool),
}

impl Value {
    /// Returns the value as texts, one for each element.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.clone()],
            Self::List(texts) => texts.clone(),
            Self::Switch(on) => vec![on.to_string()],
        }
    }
}

impl SettingsFile {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, one sentence each. The sentences quote no values.
    pub fn read(path: &Path) -> Result<Self, Vec<String>> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| vec![format!("the file {} can't be read: {error}", path.display())])?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Vec<String>> {
        let line = |offset: usize| text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut problems: Vec<_> = errors
            .iter()
            // Not the error's `Display`: it quotes the line.
            .map(|error| {
                let line = error.span().map_or(1, |span| line(span.start));
                format!("{}:{line}: invalid TOML: {}", path.display(), error.message())
            })
            .collect();
        let mut entries = Vec::new();
        for (key, value) in table.get_ref() {
            let (key, line) = (key.get_ref().to_string(), line(key.span().start));
            match convert(value.get_ref()) {
                Some(value) => entries.push(Entry { key, value, line }),
                None if problems.is_empty() => problems.push(format!(
                    "{}:{line}: {key} must be a string, a number, true, false, or a list of strings",
                    path.display()
                )),
                None => {}
            }
        }
        entries.sort_by_key(|entry| entry.line);
        if problems.is_empty() { Ok(Self { path: path.to_owned(), entries }) } else { Err(problems) }
    }
}

fn convert(value: &DeValue<'_>) -> Option<Value> {
    if let DeValue::Boolean(on) = value {
        return Some(Value::Switch(*on));
    }
    match value {
        DeValue::Array(items) => items.iter().map(|item| text(item.get_ref())).collect::<Option<_>>().map(Value::List),
        single => text(single).map(Value::One),
    }
}

fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{SettingsFile, Value};

    fn parse(text: &str) -> Result<SettingsFile, Vec<String>> {
        SettingsFile::parse(Path::new("relay.toml"), text)
    }

    #[test]
    fn every_kind_of_value_is_read_with_its_line() {
        let text = "# a comment\nlisten = \"127.0.0.1:1\"\nallow-origin = [\"https://a\", \"https://b\"]\n\nmax = 1_000\non = true";
        let found: Vec<_> = parse(text)
            .unwrap()
            .entries
            .into_iter()
            .map(|entry| (entry.key, entry.line, entry.value.texts()))
            .collect();
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                ("listen".to_owned(), 2, texts(&["127.0.0.1:1"])),
                ("allow-origin".to_owned(), 3, texts(&["https://a", "https://b"])),
                ("max".to_owned(), 5, texts(&["1000"])),
                ("on".to_owned(), 6, texts(&["true"])),
            ]
        );
        assert!(matches!(parse("a = []").unwrap().entries[0].value, Value::List(_)));
    }

    #[test]
    fn errors_name_the_line_and_quote_no_value() {
        for (text, line) in [
            ("a = 1\nb = s3cret", 2),
            ("\n\n[table]\na = \"s3cret\"", 3),
            ("a = { b = \"s3cret\" }", 1),
            ("a = [[\"s3cret\"]]", 1),
            ("a = 2026-01-01", 1),
            ("a = \"s3cret\"\n\na = \"s3cret\"", 3),
            ("a = \"s3cret", 1),
        ] {
            let problems = parse(text).unwrap_err();
            assert!(problems[0].starts_with(&format!("relay.toml:{line}: ")), "{problems:?}");
            assert!(!problems.concat().contains("s3cret"), "{problems:?}");
        }
        assert!(SettingsFile::read(Path::new("/nowhere/at/all")).unwrap_err()[0].contains("can't be read"));
    }
}
