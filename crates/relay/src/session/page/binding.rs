//! Compares a page's call with its session ([`LinkCall`], [`VerifyCall`]), and reads what else the page says. The relay always acts on the session's
//! values. A page may leave a value out, but must not send a different one.

use std::fmt;

use akiba_protocol::{CameraKind, CustomerType, PhotoSource, ProblemCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::RelayError;
use crate::session::record::{Agreed, OpenLink, OpenSession};
use crate::webhook::event::Capture;

/// The body of `POST /v1/customer` with a session.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "type": "1", "selfie_filename": "selfie.jpg" }))]
pub struct LinkCall {
    /// The session's identifier, or its id.
    #[serde(default)]
    pub identifier: Option<String>,
    /// The session's type.
    #[serde(default, rename = "type")]
    pub customer_type: Option<CustomerType>,
    /// Only the extension counts; the relay makes up the file name.
    #[serde(default)]
    pub selfie_filename: Option<String>,
    /// What the person agreed to: the version of the words. Sent together with their hash and language.
    #[serde(default)]
    #[schema(pattern = "^[!-~]{1,64}$")]
    pub consent_version: Option<String>,
    /// The SHA-256 of these words, in hex.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub consent_hash: Option<String>,
    /// The language of these words, as in BCP 47.
    #[serde(default)]
    #[schema(pattern = "^[A-Za-z0-9-]{1,35}$")]
    pub consent_lang: Option<String>,
}

/// The body of `POST /v1/customer/verify` with a session.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "user_type": "1",
    "selfie_filename": "selfie-0197f3a1.jpg",
    "s3_key": "selfies/selfie-0197f3a1.jpg",
}))]
pub struct VerifyCall {
    /// The session's identifier, or its id.
    #[serde(default)]
    pub id: Option<String>,
    /// The session's type.
    #[serde(default)]
    pub user_type: Option<CustomerType>,
    /// The file name issued with the link.
    #[serde(default)]
    pub selfie_filename: Option<String>,
    /// The object key issued with the link.
    #[serde(default)]
    pub s3_key: Option<String>,
    /// Where the photo comes from: `camera` or `file`. A hint for the back end; other words count as none.
    #[serde(default)]
    #[schema(pattern = "^[a-z-]{1,32}$")]
    pub source: Option<String>,
    /// The kind of camera: `front`, `back`, `external`, `virtual` or `unknown`. A hint for the back end; other words count as
    /// `unknown`.
    #[serde(default)]
    #[schema(pattern = "^[a-z-]{1,32}$")]
    pub camera: Option<String>,
}

impl fmt::Debug for LinkCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkCall").finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyCall").finish_non_exhaustive()
    }
}

fn mismatch(detail: &'static str) -> RelayError {
    RelayError::new(ProblemCode::SessionMismatch).with_detail(detail)
}

/// Returns what the person agreed to, if the call says so. The page's words go into the audit trail, so their form is strict.
///
/// # Errors
/// [`ProblemCode::BadRequest`].
pub fn agreed(call: &LinkCall, at: String) -> Result<Option<Agreed>, RelayError> {
    let all = |text: &str, longest, allowed: fn(char) -> bool| {
        (1..=longest).contains(&text.len()) && text.chars().all(allowed)
    };
    match (&call.consent_version, &call.consent_hash, &call.consent_lang) {
        (None, None, None) => Ok(None),
        (Some(version), Some(hash), Some(lang))
            if all(version, 64, |one| one.is_ascii_graphic())
                && hash.len() == 64
                && all(hash, 64, |one| matches!(one, '0'..='9' | 'a'..='f'))
                && all(lang, 35, |one| one.is_ascii_alphanumeric() || one == '-') =>
        {
            Ok(Some(Agreed { version: version.clone(), hash: hash.clone(), lang: lang.clone(), at }))
        }
        _ => Err(RelayError::new(ProblemCode::BadRequest).with_detail(
            "`consent_version` (1 to 64 printable ASCII characters), `consent_hash` (64 hexadecimal digits) and \
             `consent_lang` (a BCP 47 tag) must be sent together.",
        )),
    }
}

/// Returns what the page says about its photo, if it says anything. A later version of the page may know other words.
///
/// # Errors
/// [`ProblemCode::BadRequest`] for what can't be a word.
pub fn capture(call: &VerifyCall) -> Result<Option<Capture>, RelayError> {
    let is_word =
        |text: &&String| (1..=32).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-'));
    if ![&call.source, &call.camera].into_iter().flatten().all(|text| is_word(&text)) {
        let detail = "`source` and `camera` must be words of up to 32 small letters and hyphens.";
        return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
    }
    let source = match call.source.as_deref() {
        Some("camera") => Some(PhotoSource::Camera),
        Some("file") => Some(PhotoSource::File),
        _ => None,
    };
    let kind = |word: &String| CameraKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let camera = call.camera.as_ref().map(|word| kind(word).unwrap_or(CameraKind::Unknown));
    Ok((source.is_some() || camera.is_some()).then_some(Capture { source, camera }))
}

/// Fails if a call names another person than the session's. It may name no person, or use the session's id instead of
/// the identifier, which the page need not know.
///
/// # Errors
/// [`ProblemCode::SessionMismatch`].
pub fn check_person(
    session: &OpenSession,
    identifier: Option<&str>,
    customer_type: Option<CustomerType>,
) -> Result<(), RelayError> {
    let own = |sent: &str| sent == session.personal.identifier || sent == session.row.id;
    if identifier.is_some_and(|sent| !own(sent)) {
        return Err(mismatch("The session is for another identifier."));
    }
    if customer_type.is_some_and(|sent| sent != session.customer_type) {
        return Err(mismatch("The session is for another type."));
    }
    Ok(())
}

/// Returns the link that a call for a verdict is about. The call's `s3_key` decides. Without it, it is the link of an
/// earlier call with the same idempotency key, or else the last link.
///
/// # Errors
/// - [`ProblemCode::SessionMismatch`] if the session did not issue this key or file name,
/// - [`ProblemCode::SessionState`] if it has not issued any link,
/// - [`ProblemCode::IdempotencyMismatch`] if the idempotency key belongs to another link.
pub fn find_link<'a>(
    links: &'a [OpenLink],
    call: &VerifyCall,
    idempotency: Option<&[u8]>,
) -> Result<&'a OpenLink, RelayError> {
    let marked = idempotency.and_then(|key| links.iter().find(|link| link.row.idempotency.as_deref() == Some(key)));
    let link = match &call.s3_key {
        Some(key) => {
            let named = links.iter().rev().find(|link| link.issued.s3_key == *key);
            named.ok_or_else(|| mismatch("The session did not issue this `s3_key`."))?
        }
        None => marked.or(links.last()).ok_or_else(|| {
            RelayError::new(ProblemCode::SessionState).with_detail("The session has not issued a link yet.")
        })?,
    };
    if call.selfie_filename.as_ref().is_some_and(|sent| *sent != link.issued.selfie_filename) {
        return Err(mismatch("The session did not issue this `selfie_filename` with this link."));
    }
    if marked.is_some_and(|marked| marked.row.id != link.row.id) {
        return Err(RelayError::new(ProblemCode::IdempotencyMismatch));
    }
    Ok(link)
}

/// Returns a file name without personal data. It keeps the extension of the requested name if that is a photo's.
#[must_use]
pub fn file_name(link_id: &str, requested: Option<&str>) -> String {
    let extension = requested.and_then(|name| name.rsplit_once('.')).map(|(_, text)| text.to_ascii_lowercase());
    let extension = match extension.as_deref() {
        Some("png") => "png",
        Some("webp") => "webp",
        Some("jpeg") => "jpeg",
        _ => "jpg",
    };
    format!("selfie-{}.{extension}", link_id.trim_start_matches("lnk_"))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_keep_only_the_extension_of_a_photo() {
        let rows = [
            (None, "selfie-1.jpg"),
            (Some("me.PNG"), "selfie-1.png"),
            (Some("frank nono.jpeg"), "selfie-1.jpeg"),
            (Some("../../etc/passwd"), "selfie-1.jpg"),
            (Some("a.php"), "selfie-1.jpg"),
            (Some("png"), "selfie-1.jpg"),
        ];
        for (requested, expected) in rows {
            assert_eq!(file_name("lnk_1", requested), expected);
        }
    }
}
