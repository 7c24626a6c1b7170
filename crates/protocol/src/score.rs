//! A number that the vendor writes as a string ([`Score`]).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A finite score. The vendor's reference shows scores between 0 and 1 as strings (`"0.95"`); numbers are accepted too.
/// It is serialised as a number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = f64))]
pub struct Score(f64);

impl Score {
    /// Creates a score; returns `None` for infinity or NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// Returns the score as a number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScoreVisitor)
    }
}

struct ScoreVisitor;

impl de::Visitor<'_> for ScoreVisitor {
    type Value = Score;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a finite number, or a string that holds one")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Score, E> {
        Score::new(value).ok_or_else(|| E::custom("the score is not finite"))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Score, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Score, E> {
        self.visit_f64(value as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Score, E> {
        text.trim().parse().map_err(|_| E::custom("the score is not a number")).and_then(|value| self.visit_f64(value))
    }
}

/// Reads a score. Returns `None` if it is malformed, and drops its text: one malformed score does not invalidate the
/// whole answer.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Score>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}
