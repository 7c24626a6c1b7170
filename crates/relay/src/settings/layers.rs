//! Finds where each setting comes from ([`parse`], [`EffectiveSetting`]): a flag, else its environment variable, else the
//! settings file, else its default. The values of the file become the defaults of clap's arguments, so there is one schema,
//! one parser and one check for all.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::OsStr;
use clap::builder::Resettable::Reset;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::file::{Entry, SettingsFile, Value};

/// The argument that names the file.
pub const FILE_ARGUMENT: &str = "config";

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// What clap says of the flags; help and version, too.
    #[error(transparent)]
    Flags(Box<clap::Error>),
    /// All that is wrong with the file and the environment, a sentence each.
    #[error("{}", .0.join("\n"))]
    Problems(Vec<String>),
}

/// A setting that is in force.
#[derive(Clone, Debug)]
pub struct EffectiveSetting {
    /// The flag without its dashes.
    pub key: String,
    /// Its values, as they were written.
    pub values: Vec<String>,
    /// Whether it is a list.
    pub list: bool,
    /// Whether it is yes or no.
    pub switch: bool,
    /// Whether its value may hold a secret, and so is not to be shown.
    pub hidden: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag,
    /// This environment variable.
    Environment(String),
    /// This line of the file.
    File(PathBuf, usize),
    /// Nothing was said.
    Default,
}

/// Parses flags, environment and, where one is named, the file.
///
/// # Errors
/// [`LayerError`].
pub fn parse(command: Command, flags: &[OsString]) -> Result<(ArgMatches, Vec<EffectiveSetting>), LayerError> {
    let mut problems = check_environment(&command);
    if !problems.is_empty() {
        return Err(LayerError::Problems(problems));
    }
    // No argument depends on another, so what is wrong here is wrong with every file.
    let first = command.clone().try_get_matches_from(flags).map_err(|error| flag_error(&command, error))?;
    let Some(path) = first.get_one::<PathBuf>(FILE_ARGUMENT) else {
        let sources = effective(&command, &first, None);
        return Ok((first, sources));
    };
    let file = SettingsFile::read(path).map_err(LayerError::Problems)?;
    problems.extend(file.entries.iter().filter_map(|entry| {
        check_entry(&command, entry).map(|problem| format!("{}:{}: {problem}", file.path.display(), entry.line))
    }));
    if !problems.is_empty() {
        return Err(LayerError::Problems(problems));
    }
    let filled = file.entries.iter().fold(command.clone(), with_default);
    let matches = filled.try_get_matches_from(flags).map_err(|error| flag_error(&command, error))?;
    let sources = effective(&command, &matches, Some(&file));
    Ok((matches, sources))
}

/// Whether an argument is a setting: it has an environment variable.
#[must_use]
pub fn is_setting(argument: &Arg) -> bool {
    argument.get_env().is_some()
}

/// Whether an argument is yes or no.
fn is_switch(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue)
}

fn setting<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| {
        is_setting(argument) && argument.get_long() == Some(key) && argument.get_id().as_str() != FILE_ARGUMENT
    })
}

/// What is wrong with the environment.
fn check_environment(command: &Command) -> Vec<String> {
    let settings = command.get_arguments().filter_map(|argument| Some((argument, argument.get_env()?)));
    settings
        .filter_map(|(argument, name)| {
            let problem = check_value(argument, std::env::var_os(name)?)?;
            Some(format!("{}: {problem}", name.to_string_lossy()))
        })
        .collect()
}

fn check_entry(command: &Command, entry: &Entry) -> Option<String> {
    let key = &entry.key;
    let Some(argument) = setting(command, key) else {
        let suggestion =
            suggestion(command, key).map(|suggestion| format!("; did you mean {suggestion}?")).unwrap_or_default();
        return Some(format!("{key:?} is no setting{suggestion}"));
    };
    let of_kind = match argument.get_action() {
        _ if is_switch(argument) => matches!(entry.value, Value::Switch(_)),
        ArgAction::Append => matches!(entry.value, Value::One(_) | Value::List(_)),
        _ => matches!(entry.value, Value::One(_)),
    };
    if !of_kind {
        return Some(format!("{key} takes another kind of value"));
    }
    let problem = entry.value.texts().into_iter().find_map(|text| check_value(argument, text.into()))?;
    Some(format!("{key}: {problem}"))
}

/// What is wrong with one value of an argument. The value itself is left out: it may be a secret.
fn check_value(argument: &Arg, value: OsString) -> Option<String> {
    if !argument.get_action().takes_values() {
        // Clap takes any text for a switch of the environment.
        return None;
    }
    let long = argument.get_long()?;
    let alone = argument.clone().env(Reset::<OsStr>).default_value(Reset::<OsStr>);
    let mut flag = OsString::from(format!("--{long}="));
    flag.push(value);
    let command = Command::new("settings").no_binary_name(true).arg(alone);
    command.try_get_matches_from([flag]).err().map(|error| reason(&error))
}

/// Why clap refuses a value, without the value.
fn reason(error: &clap::Error) -> String {
    if let Some(source) = std::error::Error::source(error) {
        return source.to_string();
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            format!("it must be one of: {}", values.join(", "))
        }
        _ => "it has no value that can be read".to_owned(),
    }
}

/// The setting that is like a key which is none, as clap finds it.
fn suggestion(command: &Command, key: &str) -> Option<String> {
    let error = command.clone().try_get_matches_from(["settings".to_owned(), format!("--{key}")]).err()?;
    match error.get(ContextKind::SuggestedArg)? {
        ContextValue::String(flag) => {
            let flag = flag.trim_start_matches('-').to_owned();
            setting(command, &flag).map(|_| flag)
        }
        _ => None,
    }
}

/// The error of the flags. Of a setting that may hold a secret the value is not repeated.
fn flag_error(command: &Command, error: clap::Error) -> LayerError {
    let about_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
    let mut command = command.clone();
    // Before that its arguments have no names to be compared.
    command.build();
    let hidden = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) if about_value => command
            .get_arguments()
            .find(|argument| argument.is_hide_env_values_set() && *name == argument.to_string())
            .and_then(Arg::get_long),
        _ => None,
    };
    match hidden {
        Some(flag) => LayerError::Problems(vec![format!("--{flag}: {}", reason(&error))]),
        None => LayerError::Flags(Box::new(error)),
    }
}

fn with_default(command: Command, entry: &Entry) -> Command {
    let Some(id) = setting(&command, &entry.key).map(|argument| argument.get_id().clone()) else { return command };
    command.mut_arg(id, |argument| argument.default_values(entry.value.texts()))
}

fn effective(command: &Command, matches: &ArgMatches, file: Option<&SettingsFile>) -> Vec<EffectiveSetting> {
    let settings =
        command.get_arguments().filter(|argument| is_setting(argument) && argument.get_id() != FILE_ARGUMENT);
    settings
        .filter_map(|argument| {
            let (id, key) = (argument.get_id().as_str(), argument.get_long()?);
            let written = matches.get_raw(id).into_iter().flatten();
            let values = written.map(|value| value.to_string_lossy().into_owned()).collect();
            let line = file.and_then(|file| {
                let entry = file.entries.iter().find(|entry| entry.key == key)?;
                Some(Source::File(file.path.clone(), entry.line))
            });
            let source = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => Source::Flag,
                Some(ValueSource::EnvVariable) => {
                    Source::Environment(argument.get_env()?.to_string_lossy().into_owned())
                }
                _ => line.unwrap_or(Source::Default),
            };
            let list = matches!(argument.get_action(), ArgAction::Append);
            let (switch, hidden) = (is_switch(argument), argument.is_hide_env_values_set());
            Some(EffectiveSetting { key: key.to_owned(), values, list, switch, hidden, source })
        })
        .collect()
}
