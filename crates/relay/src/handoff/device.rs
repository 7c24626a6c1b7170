//! The kind of browser that began a hand-off ([`Device`]). The phone shows it, so that the person can compare. It is a guess
//! from `User-Agent`, which its sender chooses, and is stored as two fixed words, never as the header.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

/// The kinds of browsers: a mark in the header, and the word for it. The first mark that is found counts, as most browsers
/// also carry the marks of others.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "edge"),
    ("EdgA/", "edge"),
    ("OPR/", "opera"),
    ("SamsungBrowser/", "samsung"),
    ("Firefox/", "firefox"),
    ("FxiOS/", "firefox"),
    ("CriOS/", "chrome"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
];

/// The systems, in the same form.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("Windows", "windows"),
    ("CrOS", "chromeos"),
    ("Macintosh", "macos"),
    ("Linux", "linux"),
];

const OTHER: &str = "other";

/// A kind of browser and its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Device {
    /// The browser, as its `User-Agent` says.
    #[schema(pattern = "^(chrome|edge|firefox|opera|safari|samsung|other)$")]
    browser: &'static str,
    /// Its system.
    #[schema(pattern = "^(android|chromeos|ios|linux|macos|windows|other)$")]
    system: &'static str,
}

/// The text is not a [`Device`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of browser")]
pub struct NotADevice;

impl Device {
    /// Guesses the kind of browser from its `User-Agent`.
    #[must_use]
    pub fn of(agent: &str) -> Self {
        let word = |marks: &[(&str, &'static str)]| {
            marks.iter().find(|(mark, _)| agent.contains(mark)).map_or(OTHER, |(_, word)| *word)
        };
        Self { browser: word(&BROWSERS), system: word(&SYSTEMS) }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.browser, self.system)
    }
}

impl FromStr for Device {
    type Err = NotADevice;

    fn from_str(text: &str) -> Result<Self, NotADevice> {
        let known = |marks: &[(&str, &'static str)], wanted: &str| {
            let words = marks.iter().map(|(_, word)| *word).chain([OTHER]);
            words.into_iter().find(|word| *word == wanted).ok_or(NotADevice)
        };
        let (browser, system) = text.split_once(' ').ok_or(NotADevice)?;
        Ok(Self { browser: known(&BROWSERS, browser)?, system: known(&SYSTEMS, system)? })
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer, de};

    use super::Device;

    // The tests parse the examples of the contract.
    impl<'de> Deserialize<'de> for Device {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            #[derive(Deserialize)]
            struct Words {
                browser: String,
                system: String,
            }
            let words = Words::deserialize(deserializer)?;
            format!("{} {}", words.browser, words.system).parse().map_err(de::Error::custom)
        }
    }

    #[test]
    fn a_user_agent_becomes_two_fixed_words() {
        let rows = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "chrome windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "edge windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "safari macos",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "firefox linux"),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "chrome chromeos",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "chrome android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1",
                "chrome ios",
            ),
            ("", "other other"),
            ("<script>8001015009087</script>", "other other"),
        ];
        for (agent, expected) in rows {
            let device = Device::of(agent);
            assert_eq!(device.to_string(), expected, "{agent}");
            assert_eq!(expected.parse(), Ok(device));
        }
        for wrong in ["", "chrome", "lynx windows", "chrome beos", "chrome windows x"] {
            assert!(wrong.parse::<Device>().is_err(), "{wrong}");
        }
    }
}
