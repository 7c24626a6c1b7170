//! The words that the person reads.
//!
//! The texts are data: a catalogue is a file `lang/<tag>.json`. English is part of the WebAssembly. The element loads any
//! other language when it needs it, and hands it over as lines ([`Text::of`]). Where a line is empty, English stands.
//!
//! - `message`: the ids of the texts ([`Message`]).
//! - `browser`: detects the browser ([`Browser`]), because each has its own camera permission.
//! - `source`: reads English from `lang/en.json` while the crate compiles.

mod browser;
mod message;
mod source;

use std::cell::RefCell;

pub use browser::Browser;
pub use message::Message;

use crate::flow::ErrorCode;

/// The version of the words on the consent screen. A test asks for a new one when they change.
pub const CONSENT_VERSION: &str = "akiba-selfie/3";

/// The SHA-256 of the English words on the consent screen. The test of `tests/www/language.test.mjs` computes it.
const CONSENT_HASH: &str = "0bc4da34b62ebc8030e32c953116ced18230ca681075be55ddc68a14d5ea4187";

/// The texts for one error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means and what to do, in one or two sentences.
    pub body: &'static str,
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Text(&'static Catalogue);

/// What the page says about the host, each a line before the texts; an empty line says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The version of the page's consent.
    Version,
    /// The SHA-256 of the words that count.
    Hash,
    /// The host's name.
    Name,
    /// Why the photo is compared.
    Purpose,
    /// How long the result is kept.
    Retention,
    /// Who is responsible by law.
    Controller,
    /// The URL of the privacy notice.
    Privacy,
    /// The URL of the terms.
    Terms,
}

/// The number of [`Fact`]s.
const FACTS: usize = Fact::Terms as usize + 1;

#[derive(Debug)]
struct Catalogue {
    lang: &'static str,
    dir: &'static str,
    reviewed: bool,
    facts: [&'static str; FACTS],
    lines: Vec<&'static str>,
}

thread_local! {
    /// Every catalogue so far, with the lines that it was made of. They are few, and stay for as long as the page.
    static KNOWN: RefCell<Vec<(&'static str, Text)>> = const { RefCell::new(Vec::new()) };
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Text {
    /// Returns English.
    #[must_use]
    pub fn english() -> Self {
        Self::of("")
    }

    /// Reads a catalogue from its lines: the version of the keys, the BCP 47 tag, the direction of the script (`ltr` or
    /// `rtl`), `reviewed` or nothing, the [`Fact`]s, and the texts in the order of `lang/en.json`. Returns English if the version is
    /// another one.
    #[must_use]
    pub fn of(lines: &str) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if let Some((_, text)) = known.iter().find(|(source, _)| *source == lines) {
                return *text;
            }
            let source: &'static str = Box::leak(lines.into());
            let text = Self(Box::leak(Box::new(Catalogue::read(source))));
            known.push((source, text));
            text
        })
    }

    /// Returns the tag of the language, for the `lang` attribute.
    #[must_use]
    pub fn lang(self) -> &'static str {
        self.0.lang
    }

    /// Returns the direction of the script, for the `dir` attribute.
    #[must_use]
    pub fn dir(self) -> &'static str {
        self.0.dir
    }

    /// Whether a person has reviewed the words. The others never replace the English consent.
    #[must_use]
    pub fn reviewed(self) -> bool {
        self.0.reviewed
    }

    /// Returns the words that a person agrees to: English, unless these were reviewed.
    #[must_use]
    pub fn of_consent(self) -> Self {
        if self.0.reviewed { self } else { Self::english() }
    }

    /// Returns what the page says about the host, or nothing.
    #[must_use]
    pub fn fact(self, fact: Fact) -> &'static str {
        self.0.facts[fact as usize]
    }

    /// Returns the version of the words that a person agrees to: the page's, or else the package's.
    #[must_use]
    pub fn consent_version(self) -> &'static str {
        or(self.fact(Fact::Version), CONSENT_VERSION)
    }

    /// Returns the SHA-256 of the words that a person agrees to.
    #[must_use]
    pub fn consent_hash(self) -> &'static str {
        or(self.fact(Fact::Hash), CONSENT_HASH)
    }

    /// Returns the text of a message.
    #[must_use]
    pub fn get(self, message: Message) -> &'static str {
        self.line(message as usize)
    }

    /// Returns the text of a message, with `{n}` and `{m}` filled in.
    #[must_use]
    pub fn fill(self, message: Message, n: u32, m: u32) -> String {
        let mut parts = self.get(message).split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (number, rest) = match part.strip_prefix("n}") {
                Some(rest) => (n, rest),
                None => (m, part.strip_prefix("m}").unwrap_or(part)),
            };
            filled += &number.to_string();
            filled += rest;
        }
        filled
    }

    /// Returns the texts for an error.
    #[must_use]
    pub fn error(self, code: ErrorCode) -> ErrorText {
        let line = Message::ALL.len() + 2 * place(code);
        ErrorText { title: self.line(line), body: self.line(line + 1) }
    }

    /// Returns how to allow the camera in this browser.
    #[must_use]
    pub fn allow_camera(self, browser: Browser) -> &'static str {
        self.line(Message::ALL.len() + 2 * (ErrorCode::ALL.len() - WITHOUT_WASM) + browser as usize)
    }

    fn line(self, index: usize) -> &'static str {
        self.0.lines.get(index).copied().unwrap_or_default()
    }
}

/// How many codes follow `Load` that mean the same: without WebAssembly, `www/plain/words.js` has the words.
const WITHOUT_WASM: usize = 3;

/// Returns the place of an error's texts, counted from the first error.
fn place(code: ErrorCode) -> usize {
    let index = code as usize;
    index - index.saturating_sub(ErrorCode::Load as usize).min(WITHOUT_WASM)
}

/// Returns the text, or the other one if it is empty.
fn or(text: &'static str, other: &'static str) -> &'static str {
    if text.is_empty() { other } else { text }
}

impl Catalogue {
    fn read(source: &'static str) -> Self {
        let mut own = source.split('\n');
        if own.next().and_then(|version| version.parse().ok()) != Some(source::VERSION) {
            own = "en\nltr\nreviewed".split('\n');
        }
        let mut line = || own.next().unwrap_or_default();
        Self {
            lang: line(),
            dir: line(),
            reviewed: !line().is_empty(),
            facts: std::array::from_fn(|_| line()),
            lines: source::ENGLISH.split('\n').map(|english| or(line(), english)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines of a catalogue that has these texts, and no other one.
    fn lines(version: u32, state: &str, texts: &[(&str, &str)]) -> String {
        let keys = source::keys();
        let text = |key| texts.iter().find(|(name, _)| *name == key).map_or("", |(_, text)| *text);
        let head = [version.to_string(), "zu".to_owned(), "ltr".to_owned(), state.to_owned()];
        let facts = [""; FACTS].map(str::to_owned);
        head.into_iter()
            .chain(facts)
            .chain(keys.split('\n').map(|key| text(key).to_owned()))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_catalogue_has_the_texts_of_the_code_in_its_order() {
        let messages = Message::ALL.iter().map(|message| format!("{message:?}"));
        let spoken = |code: &&ErrorCode| !code.as_str().starts_with("wasm-");
        let errors = ErrorCode::ALL.iter().filter(spoken);
        let errors = errors.flat_map(|code| [format!("{code:?}.title"), format!("{code:?}.body")]);
        let browsers = Browser::ALL.map(|browser| format!("AllowCamera.{browser:?}"));
        let expected: Vec<String> = messages.chain(errors).chain(browsers).collect();
        let found: Vec<String> = source::keys().split('\n').map(str::to_owned).collect();
        assert_eq!(found, expected, "the keys of lang/en.json");
        assert_eq!(source::ENGLISH.split('\n').count(), expected.len());
        assert!(source::ENGLISH.split('\n').all(|text| !text.is_empty()));
    }

    #[test]
    fn every_text_is_found_by_its_key() {
        let keys = source::keys();
        let keyed: Vec<(&str, &str)> = keys.split('\n').map(|key| (key, key)).collect();
        let text = Text::of(&lines(source::VERSION, "reviewed", &keyed));
        for message in Message::ALL {
            assert_eq!(text.get(*message), format!("{message:?}"));
        }
        for code in ErrorCode::ALL {
            let name = if code.as_str().starts_with("wasm-") { "Load".to_owned() } else { format!("{code:?}") };
            let ErrorText { title, body } = text.error(*code);
            assert_eq!((title, body), (format!("{name}.title").as_str(), format!("{name}.body").as_str()));
        }
        for browser in Browser::ALL {
            assert_eq!(text.allow_camera(browser), format!("AllowCamera.{browser:?}"));
        }
    }

    #[test]
    fn english_stands_where_a_text_is_missing() {
        let text = Text::of(&lines(source::VERSION, "reviewed", &[("Start", "Qala")]));
        assert_eq!((text.lang(), text.get(Message::Start), text.get(Message::NotNow)), ("zu", "Qala", "Not now"));
    }

    #[test]
    fn a_catalogue_of_another_version_never_shifts_words() {
        let text = Text::of(&lines(source::VERSION ^ 1, "reviewed", &[("Start", "Qala")]));
        assert_eq!((text.lang(), text.dir(), text.get(Message::Start)), ("en", "ltr", "Start"));
        for broken in ["", "en", "\n\n\n\n", &source::VERSION.to_string()] {
            assert_eq!(Text::of(broken).get(Message::Start), "Start", "{broken:?}");
        }
    }

    #[test]
    fn only_reviewed_words_replace_the_english_consent() {
        let texts = [("Agree", "Ngiyavuma")];
        let of = |state| Text::of(&lines(source::VERSION, state, &texts)).of_consent();
        assert_eq!((of("reviewed").lang(), of("reviewed").get(Message::Agree)), ("zu", "Ngiyavuma"));
        assert_eq!((of("").lang(), of("").get(Message::Agree)), ("en", "I agree, open the camera"));
    }

    #[test]
    fn the_same_lines_are_the_same_catalogue() {
        let lines = lines(source::VERSION, "", &[]);
        assert_eq!(Text::of(&lines), Text::of(&lines.clone()));
        assert_ne!(Text::of(&lines), Text::english());
    }

    #[test]
    fn numbers_are_filled_in() {
        assert_eq!(Text::english().fill(Message::Bytes, 12, 310), "12 of 310 kB");
    }

    #[test]
    fn the_page_says_which_consent_counts() {
        let english = Text::english();
        assert_eq!((english.consent_version(), english.consent_hash()), (CONSENT_VERSION, CONSENT_HASH));
        let facts = ["bank-7", "0a", "Example Bank", "", "", "", "", "/terms"];
        let lines = lines(source::VERSION, "", &[("Start", "Qala")]);
        let mut lines: Vec<&str> = lines.split('\n').collect();
        lines[4..4 + FACTS].copy_from_slice(&facts);
        let text = Text::of(&lines.join("\n"));
        assert_eq!((text.consent_version(), text.consent_hash()), ("bank-7", "0a"));
        assert_eq!((text.fact(Fact::Name), text.fact(Fact::Purpose), text.fact(Fact::Terms)), (facts[2], "", "/terms"));
        assert_eq!((text.get(Message::Start), text.get(Message::NotNow)), ("Qala", "Not now"));
    }
}
