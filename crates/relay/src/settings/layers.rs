//! Combines the sources of settings ([`parse`], [`EffectiveSetting`]): a flag wins over the environment variable, the
//! variable over the settings file, and the file over the default. The values of the file become the defaults of clap's
//! arguments, so all sources share one schema, one parser and one check.

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

/// Why the settings can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// Clap's error about the flags, or its output for `--help` and `--version`.
    #[error(transparent)]
    Flags(Box<clap::Error>),
    /// Everything that is wrong with the file and the environment, one sentence each.
    #[error("{}", .0.join("\n"))]
    Problems(Vec<String>),
}

/// A setting in force.
#[derive(Clone, Debug)]
pub struct EffectiveSetting {
    /// The flag without its dashes.
    pub key: String,
    /// Its values, as written in the source.
    pub values: Vec<String>,
    /// Whether it can have several values.
    pub list: bool,
    /// Whether it is a boolean.
    pub switch: bool,
    /// Whether its value may hold a secret and must not be shown.
    pub hidden: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag.
    Flag,
    /// The environment variable of this name.
    Environment(String),
    /// This line of the settings file.
    File(PathBuf, usize),
    /// The default.
    Default,
}

/// Parses flags, environment and, if `--config` is given, the settings file.
///
/// # Errors
/// [`LayerError`].
pub fn parse(command: Command, flags: &[OsString]) -> Result<(ArgMatches, Vec<EffectiveSetting>), LayerError> {
    let mut problems = check_environment(&command);
    if !problems.is_empty() {
        return Err(LayerError::Problems(problems));
    }
    // No argument depends on another, so an error here is an error with any file.
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

/// Returns whether an argument is a setting. Only settings have an environment variable.
#[must_use]
pub fn is_setting(argument: &Arg) -> bool {
    argument.get_env().is_some()
}

/// Returns whether an argument is a boolean.
fn is_switch(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue)
}

fn setting<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| {
        is_setting(argument) && argument.get_long() == Some(key) && argument.get_id().as_str() != FILE_ARGUMENT
    })
}

/// Returns the problems of all environment variables that are settings.
fn check_environment(command: &Command) -> Vec<String> {
    let settings = command.get_arguments().filter_map(|argument| Some((argument, argument.get_env()?)));
    settings
        .filter_map(|(argument, name)| {
            let problem = check_value(argument, std::env::var_os(name)?)?;
            Some(format!("{}: {problem}", name.to_string_lossy()))
        })
        .collect()
}

/// Returns the problem of one setting of the file, if it has one.
fn check_entry(command: &Command, entry: &Entry) -> Option<String> {
    let key = &entry.key;
    let Some(argument) = setting(command, key) else {
        let suggestion =
            suggestion(command, key).map(|suggestion| format!("; did you mean {suggestion}?")).unwrap_or_default();
        return Some(format!("unknown setting {key:?}{suggestion}"));
    };
    let (has_right_type, expected) = match argument.get_action() {
        _ if is_switch(argument) => (matches!(entry.value, Value::Switch(_)), "true or false"),
        ArgAction::Append => (matches!(entry.value, Value::One(_) | Value::List(_)), "one value or a list of values"),
        _ => (matches!(entry.value, Value::One(_)), "one value, not a list or a boolean"),
    };
    if !has_right_type {
        return Some(format!("{key}: it must be {expected}"));
    }
    let problem = entry.value.texts().into_iter().find_map(|text| check_value(argument, text.into()))?;
    Some(format!("{key}: {problem}"))
}

/// Returns the problem of one value of an argument, if it has one. The text does not quote the value, which may be a
/// secret.
fn check_value(argument: &Arg, value: OsString) -> Option<String> {
    if !argument.get_action().takes_values() {
        // For a boolean, clap accepts any text in the environment.
        return None;
    }
    let long = argument.get_long()?;
    let lone_argument = argument.clone().env(Reset::<OsStr>).default_value(Reset::<OsStr>);
    let mut flag = OsString::from(format!("--{long}="));
    flag.push(value);
    let command = Command::new("settings").no_binary_name(true).arg(lone_argument);
    command.try_get_matches_from([flag]).err().map(|error| reason(&error))
}

/// Returns why clap rejects a value, without quoting the value.
fn reason(error: &clap::Error) -> String {
    if let Some(source) = std::error::Error::source(error) {
        return source.to_string();
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            format!("it must be one of: {}", values.join(", "))
        }
        _ => "the value is missing or invalid".to_owned(),
    }
}

/// Returns the setting with a name similar to an unknown key, as clap suggests it.
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

/// Converts clap's error about a flag. If the setting may hold a secret, the error does not quote the value.
fn flag_error(command: &Command, error: clap::Error) -> LayerError {
    let about_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
    let mut command = command.clone();
    // The arguments get the names that are compared below only when the command is built.
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

/// Makes a value of the file the default of its argument.
fn with_default(command: Command, entry: &Entry) -> Command {
    let Some(id) = setting(&command, &entry.key).map(|argument| argument.get_id().clone()) else { return command };
    command.mut_arg(id, |argument| argument.default_values(entry.value.texts()))
}

/// Returns every setting with its values and source.
fn effective(command: &Command, matches: &ArgMatches, file: Option<&SettingsFile>) -> Vec<EffectiveSetting> {
    let settings =
        command.get_arguments().filter(|argument| is_setting(argument) && argument.get_id() != FILE_ARGUMENT);
    settings
        .filter_map(|argument| {
            let (id, key) = (argument.get_id().as_str(), argument.get_long()?);
            let raw_values = matches.get_raw(id).into_iter().flatten();
            let values = raw_values.map(|value| value.to_string_lossy().into_owned()).collect();
            let file_source = file.and_then(|file| {
                let entry = file.entries.iter().find(|entry| entry.key == key)?;
                Some(Source::File(file.path.clone(), entry.line))
            });
            let source = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => Source::Flag,
                Some(ValueSource::EnvVariable) => {
                    Source::Environment(argument.get_env()?.to_string_lossy().into_owned())
                }
                _ => file_source.unwrap_or(Source::Default),
            };
            let list = matches!(argument.get_action(), ArgAction::Append);
            let (switch, hidden) = (is_switch(argument), argument.is_hide_env_values_set());
            Some(EffectiveSetting { key: key.to_owned(), values, list, switch, hidden, source })
        })
        .collect()
}
