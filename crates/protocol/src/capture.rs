//! What a page says about its photo ([`PhotoSource`], [`CameraKind`]). It comes from a browser, so it proves nothing: it is a hint
//! for the host's risk rules.

use serde::{Deserialize, Serialize};

/// Where a photo comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PhotoSource {
    /// The camera of the page.
    Camera,
    /// A file that the person chose, or the system's camera app.
    File,
}

/// The kind of a camera, as far as its name and its direction tell. The name itself stays in the browser: it may say whose device it
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CameraKind {
    /// Built in, and faces the person.
    Front,
    /// Built in, and faces away from the person.
    Back,
    /// On a cable or a network.
    External,
    /// A program that acts as a camera. Many people have one for video calls.
    Virtual,
    /// Not known: the name says nothing about it.
    #[default]
    #[serde(other)]
    Unknown,
}

impl CameraKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Front, Self::Back, Self::External, Self::Virtual, Self::Unknown];

    /// Returns the serialised word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
            Self::External => "external",
            Self::Virtual => "virtual",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CameraKind;

    #[test]
    fn words_are_read_back_and_those_of_later_versions_are_unknown() {
        for kind in CameraKind::ALL {
            let word = serde_json::to_value(kind).unwrap();
            assert_eq!(word, kind.as_str());
            assert_eq!(serde_json::from_value::<CameraKind>(word).unwrap(), kind);
        }
        assert_eq!(serde_json::from_value::<CameraKind>("holographic".into()).unwrap(), CameraKind::Unknown);
    }
}
