//! The decrypted data of a session ([`Personal`], [`Issued`], [`OpenSession`]), with its encryption for the database.

use std::fmt;

use akiba_protocol::{CustomerType, ProblemCode, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Sessions;
use super::retained::{capture_from, from_stored, to_stored};
use crate::error::RelayError;
use crate::handoff::Policy;
use crate::secrets::data_keys::SealError;
use crate::store::links::LinkRow;
use crate::store::sessions::SessionRow;
use crate::webhook::event::Capture;

/// What the host's back end sent about the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// National id of a person or registration number of a company.
    pub identifier: String,
    /// The host's own reference for the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The text that the person agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What the person agreed to on the page's consent screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
    /// What the session is for, in the host's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What the back end says about hand-offs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Policy>,
    /// The language in which the page for phones begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Where the page for phones sends the person back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// The lifetime that the request asked for, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
}

/// The text that the person agreed to, and when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    /// The version of the text, in the host's own numbering.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    pub version: String,
    /// When the person agreed, as in RFC 3339.
    #[schema(format = "date-time")]
    pub at: String,
}

/// What the person agreed to on the element's consent screen, as the page says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agreed {
    /// The version of the words.
    pub version: String,
    /// The SHA-256 of the words, in hex.
    pub hash: String,
    /// The language of the words.
    pub lang: String,
    /// When the relay heard of it.
    #[schema(format = "date-time")]
    pub at: String,
}

impl Agreed {
    /// Whether both are about the same words.
    #[must_use]
    pub fn same_words(&self, other: &Self) -> bool {
        (&self.version, &self.hash, &self.lang) == (&other.version, &other.hash, &other.lang)
    }

    /// Returns the text for the audit trail.
    #[must_use]
    pub fn detail(&self) -> String {
        format!("{} {} sha256:{}", self.version, self.lang, self.hash)
    }
}

/// What the vendor issued with a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The key of the S3 object.
    pub s3_key: String,
    /// The file name of the selfie.
    pub selfie_filename: String,
    /// The vendor's id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

/// A session with its personal fields decrypted.
#[derive(Clone)]
pub struct OpenSession {
    /// The row in the database.
    pub row: SessionRow,
    /// The decrypted personal fields.
    pub personal: Personal,
    /// What the identifier names: a person or a company.
    pub customer_type: CustomerType,
}

/// A link with its data decrypted.
#[derive(Clone)]
pub struct OpenLink {
    /// The row in the database.
    pub row: LinkRow,
    /// The decrypted data.
    pub issued: Issued,
}

macro_rules! opaque_debug {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )*};
}
opaque_debug!(Personal, Consent, Agreed, Issued, OpenSession, OpenLink);

impl From<SealError> for RelayError {
    fn from(error: SealError) -> Self {
        Self::new(ProblemCode::Internal).caused_by(error.to_string())
    }
}

/// Returns the place of a session's personal fields. A value encrypted for one place can't be decrypted in another.
pub(super) fn session_place(id: &str) -> String {
    format!("sessions/{id}")
}

/// Returns the place of a link's data. The place includes the session, or an attacker with write access to the database
/// could move a verdict to another person's session.
pub(super) fn link_place(session_id: &str, id: &str) -> String {
    format!("sessions/{session_id}/links/{id}")
}

/// Returns the place of a link's verdict.
pub(super) fn verdict_place(session_id: &str, id: &str) -> String {
    format!("sessions/{session_id}/links/{id}/verdict")
}

/// Returns the text whose keyed hash finds a session by its reference. It differs for each API key name, so equal
/// references of two back ends have different hashes.
fn reference_text(api_key: &str, reference: &str) -> String {
    format!("{api_key}\n{reference}")
}

impl Sessions {
    /// Returns the keyed hashes of a reference, one for each data key.
    pub(super) fn reference_tags(&self, api_key: &str, reference: &str) -> Vec<Vec<u8>> {
        self.data_keys.tags("session-reference", &reference_text(api_key, reference))
    }

    /// Returns the keyed hash of a session's reference to store, which is empty if there is no reference.
    pub(super) fn reference_tag(&self, api_key: &str, reference: Option<&str>) -> Vec<u8> {
        let tags = reference.map(|reference| self.reference_tags(api_key, reference)).unwrap_or_default();
        tags.into_iter().next().unwrap_or_default()
    }

    /// Computes the keyed hashes of references that are missing.
    pub(super) async fn tag_sessions(&self, limit: i64) -> Result<(), RelayError> {
        let mut after = String::new();
        loop {
            let sessions = self.store.untagged_sessions(&after, limit).await?;
            let Some(last) = sessions.last() else { return Ok(()) };
            after.clone_from(&last.id);
            for session in sessions {
                // A session that can't be decrypted here stays without, so that another relay can compute it.
                let Ok(personal) = self.data_keys.open::<Personal>(&session.sealed, &session_place(&session.id)) else {
                    continue;
                };
                let tag = self.reference_tag(&session.api_key, personal.reference.as_deref());
                self.store.tag_session(&session, &tag).await?;
            }
        }
    }

    pub(super) fn seal_personal(&self, id: &str, personal: &Personal) -> Result<Vec<u8>, SealError> {
        self.data_keys.seal(personal, &session_place(id))
    }

    pub(super) fn seal_issued(&self, session_id: &str, id: &str, issued: &Issued) -> Result<Vec<u8>, SealError> {
        self.data_keys.seal(issued, &link_place(session_id, id))
    }

    pub(super) fn seal_verdict(
        &self,
        session_id: &str,
        link_id: &str,
        verdict: &Verdict,
        capture: Option<Capture>,
    ) -> Result<Vec<u8>, SealError> {
        self.data_keys.seal(&to_stored(verdict, capture), &verdict_place(session_id, link_id))
    }

    /// Decrypts the verdict of a link, if the link has one.
    pub(super) fn verdict_of(&self, link: &LinkRow) -> Result<Option<Verdict>, SealError> {
        let Some(sealed) = link.verdict.as_deref() else { return Ok(None) };
        let stored = self.data_keys.open(sealed, &verdict_place(&link.session_id, &link.id))?;
        from_stored(&stored).map(Some).map_err(|_| SealError)
    }

    /// Decrypts what the page said about the photo of a verdict, if it said anything.
    pub(super) fn capture_of(&self, link: &LinkRow) -> Result<Option<Capture>, SealError> {
        let Some(sealed) = link.verdict.as_deref() else { return Ok(None) };
        let stored = self.data_keys.open(sealed, &verdict_place(&link.session_id, &link.id))?;
        Ok(capture_from(&stored))
    }

    pub(super) fn open_session(&self, row: SessionRow) -> Result<OpenSession, RelayError> {
        let personal = self.data_keys.open(&row.sealed, &session_place(&row.id))?;
        let customer_type = row
            .customer_type
            .parse()
            .map_err(|_| RelayError::new(ProblemCode::Internal).caused_by("unknown customer type in a session"))?;
        Ok(OpenSession { row, personal, customer_type })
    }

    /// Returns the links of a session, the oldest first.
    pub(super) async fn open_links(&self, session_id: &str) -> Result<Vec<OpenLink>, RelayError> {
        self.open_all(self.store.links(session_id).await?)
    }

    pub(super) fn open_all(&self, rows: Vec<LinkRow>) -> Result<Vec<OpenLink>, RelayError> {
        let open = |row: LinkRow| {
            let issued = self.data_keys.open(&row.sealed, &link_place(&row.session_id, &row.id))?;
            Ok(OpenLink { row, issued })
        };
        rows.into_iter().map(open).collect()
    }
}
