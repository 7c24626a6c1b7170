//! Parses the file of webhook endpoints ([`parse`]), in TOML: a table `[[endpoint]]` for each.
//!
//! The file holds secrets, so no error quotes it.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use super::WebhookUrl;
use super::event::is_event;

/// Longest name of an endpoint.
const LONGEST_NAME: usize = 64;

/// An endpoint of the file.
#[derive(Clone, Debug)]
pub struct EndpointTable {
    /// The names of the API keys whose webhooks it gets.
    pub api_key: Vec<String>,
    /// Its name, which tells the endpoints of one key apart.
    pub name: Option<String>,
    /// Where it is.
    pub url: WebhookUrl,
    /// The secrets that sign its webhooks, unparsed.
    pub secrets: SecretString,
    /// The events that it gets. `None` for all.
    pub events: Option<Vec<String>>,
}

/// A line that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct EndpointFileError {
    line: usize,
    problem: String,
}

const SHAPE: &str = "each [[endpoint]] must have api-key, url and secrets, and can have name and events; a value is a \
                     string, and api-key, secrets and events can be lists of strings";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    endpoint: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    api_key: Texts,
    name: Option<String>,
    url: String,
    secrets: Texts,
    events: Option<Texts>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl From<Texts> for Vec<String> {
    fn from(texts: Texts) -> Self {
        match texts {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

/// Parses the endpoints.
///
/// # Errors
/// Everything that is wrong with the text.
pub fn parse(text: &SecretString) -> Result<Vec<EndpointTable>, Vec<EndpointFileError>> {
    let text = text.expose_secret();
    let line = |offset: usize| text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
    let error = |offset: usize, problem: String| EndpointFileError { line: line(offset), problem };
    let start = |span: Option<std::ops::Range<usize>>| span.map_or(0, |span| span.start);
    // Serde's own messages quote values.
    DeTable::parse(text)
        .map_err(|wrong| vec![error(start(wrong.span()), format!("invalid TOML: {}", wrong.message()))])?;
    let file: File = toml::from_str(text).map_err(|wrong| vec![error(start(wrong.span()), SHAPE.to_owned())])?;
    if file.endpoint.is_empty() {
        return Err(vec![error(0, format!("there is no endpoint: {SHAPE}"))]);
    }
    let (mut tables, mut errors) = (Vec::new(), Vec::new());
    for table in file.endpoint {
        let offset = table.span().start;
        match read(table.into_inner()) {
            Ok(table) => tables.push(table),
            Err(problem) => errors.push(error(offset, problem)),
        }
    }
    if errors.is_empty() { Ok(tables) } else { Err(errors) }
}

fn read(table: Table) -> Result<EndpointTable, String> {
    let Table { api_key, name, url, secrets, events } = table;
    let mut api_key: Vec<String> = api_key.into();
    api_key.sort();
    api_key.dedup();
    if api_key.is_empty() {
        return Err("api-key must name at least one API key".to_owned());
    }
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    if name.as_ref().is_some_and(|name| name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(plain)) {
        return Err(format!("name must be 1 to {LONGEST_NAME} letters, digits, - and _"));
    }
    let events: Option<Vec<String>> = events.map(Into::into);
    if events.as_ref().is_some_and(|events| events.is_empty() || !events.iter().all(|event| is_event(event))) {
        return Err("events must name events, such as session.verified; without it the endpoint gets all".to_owned());
    }
    let url = url.parse().map_err(|error| format!("url: {error}"))?;
    let secrets: Vec<String> = secrets.into();
    Ok(EndpointTable { api_key, name, url, secrets: secrets.join("\n").into(), events })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::parse;

    const URL: &str = "url = \"https://bank.example/hooks\"";

    #[test]
    fn one_value_and_a_list_are_read() {
        let text = format!(
            "[[endpoint]]\napi-key = \"bank\"\n{URL}\nsecrets = \"whsec_a\"\n\n\
             [[endpoint]]\napi-key = [\"b\", \"a\", \"b\"]\nname = \"crm\"\n{URL}\nsecrets = [\"whsec_a\", \"whsec_b\"]\n\
             events = \"session.expired\""
        );
        let tables = parse(&text.into()).unwrap();
        assert_eq!(tables[0].api_key, ["bank"]);
        assert_eq!((&tables[0].name, &tables[0].events), (&None, &None));
        assert_eq!(tables[1].api_key, ["a", "b"]);
        assert_eq!(tables[1].name.as_deref(), Some("crm"));
        assert_eq!(tables[1].secrets.expose_secret(), "whsec_a\nwhsec_b");
        assert_eq!(tables[1].events.as_deref().unwrap(), ["session.expired"]);
    }

    #[test]
    fn a_name_has_at_most_64_characters() {
        let named = |length: usize| {
            let name = "n".repeat(length);
            let text = format!("[[endpoint]]\napi-key = \"bank\"\nname = \"{name}\"\n{URL}\nsecrets = \"whsec_a\"");
            parse(&text.into()).is_ok()
        };
        assert_eq!([0, 1, 64, 65, 100].map(named), [false, true, true, false, false]);
    }

    #[test]
    fn errors_name_the_line_and_quote_no_value() {
        let endpoint = |members: &str| format!("# a comment\n[[endpoint]]\napi-key = \"bank\"\n{members}\n");
        for (text, line) in [
            ("s3cret".to_owned(), 1),
            (String::new(), 1),
            ("endpoint = \"s3cret\"".to_owned(), 1),
            ("[[endpoint]]\napi-key = \"bank\"\n".to_owned(), 1),
            (endpoint(&format!("{URL}\nsecrets = 5")), 5),
            (endpoint(&format!("{URL}\nsecrets = \"x\"\ns3cret = \"x\"")), 6),
            (endpoint("url = \"http://s3cret.example\"\nsecrets = \"x\""), 2),
            (endpoint(&format!("{URL}\nsecrets = \"x\"\nname = \"s3cret!\"")), 2),
            (endpoint(&format!("{URL}\nsecrets = \"x\"\nevents = [\"s3cret\"]")), 2),
            (endpoint(&format!("{URL}\nsecrets = \"x\"\nevents = []")), 2),
            (endpoint(&format!("{URL}\nsecrets = \"s3cret")), 5),
        ] {
            let errors = parse(&text.clone().into()).unwrap_err();
            let words = errors[0].to_string();
            assert!(words.starts_with(&format!("line {line}: ")), "{text}: {words}");
            assert!(!words.contains("s3cret"), "{words}");
        }
    }
}
