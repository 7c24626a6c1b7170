//! `docs/relay.md` says what the code does: every setting with its environment variable and default, every code with
//! its status and its chapter.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may panic too")]

use akiba_protocol::ProblemCode;
use akiba_relay::Settings;
use clap::CommandFactory;

const DOC: &str = include_str!("../../../docs/relay.md");
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// The cells of the table rows whose first cell is a word in backquotes.
fn rows(section: &str) -> Vec<Vec<String>> {
    let (_, rest) = DOC.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn the_settings_are_those_of_the_command() {
    let command = Settings::command();
    let expected: Vec<_> = command
        .get_arguments()
        .filter(|argument| argument.get_env().is_some())
        .map(|argument| {
            let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_str().unwrap()).collect();
            let default = if defaults.is_empty() { "none".to_owned() } else { format!("`{}`", defaults.join(",")) };
            let flag = format!("`--{}`", argument.get_long().unwrap());
            [flag, format!("`{}`", argument.get_env().unwrap().to_str().unwrap()), default]
        })
        .collect();
    let documented: Vec<_> =
        rows("Settings").into_iter().map(|row| [row[0].clone(), row[1].clone(), row[2].clone()]).collect();
    assert_eq!(documented, expected);
    assert!(rows("Settings").iter().all(|row| row.len() == 4 && !row[3].is_empty()));
}

#[test]
fn the_errors_are_those_of_the_protocol() {
    let expected: Vec<_> = ProblemCode::ALL
        .iter()
        .map(|code| {
            let word = serde_json::to_value(code).unwrap();
            [format!("`{}`", word.as_str().unwrap()), code.status().to_string()]
        })
        .collect();
    let documented: Vec<_> = rows("Errors").into_iter().map(|row| [row[0].clone(), row[1].clone()]).collect();
    assert_eq!(documented, expected);
    assert!(rows("Errors").iter().all(|row| row.len() == 4 && !row[2].is_empty() && !row[3].is_empty()));
}

#[test]
fn every_error_has_a_chapter_to_which_its_type_leads() {
    let chapters: Vec<_> = ERRORS.split("\n### ").skip(1).collect();
    let documented: Vec<_> = chapters
        .iter()
        .map(|chapter| {
            let (heading, text) = chapter.split_once("\n\n").expect("a text");
            assert!(text.contains("\n- "), "{heading}: nobody is told what to do");
            (heading.trim_matches('`'), text.get(..3).expect("a status"))
        })
        .collect();
    let statuses: Vec<_> = ProblemCode::ALL.iter().map(|code| code.status().to_string()).collect();
    let expected = ProblemCode::ALL.iter().zip(&statuses).map(|(code, status)| (code.as_str(), status.as_str()));
    assert_eq!(documented, expected.collect::<Vec<_>>());
    for code in ProblemCode::ALL {
        assert!(code.uri().ends_with(&format!("/docs/errors.md#{}", code.as_str())));
    }
}
