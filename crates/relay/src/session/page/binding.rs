//! What the page sends, compared with what its session holds ([`LinkCall`], [`VerifyCall`]). What is acted on is always
//! the session's; what is missing is the session's too.

use std::fmt;

use akiba_protocol::{CustomerType, ProblemCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::RelayError;
use crate::session::record::{OpenLink, OpenSession};

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
    /// Only its ending counts: file names are made by the relay.
    #[serde(default)]
    pub selfie_filename: Option<String>,
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
    /// File name that was issued with the link.
    #[serde(default)]
    pub selfie_filename: Option<String>,
    /// Key that was issued with the link.
    #[serde(default)]
    pub s3_key: Option<String>,
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

/// Lets a call pass that names the session's own person, or none. The session's id stands for the identifier, which the
/// page need not know.
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

/// The issued link that a call for a verdict is about: the one whose key it names, or else the one that its idempotency
/// key named before, or else the last one.
///
/// # Errors
/// [`ProblemCode::SessionMismatch`] when the session has issued no such key or file name,
/// [`ProblemCode::SessionState`] when it has issued none at all, [`ProblemCode::IdempotencyMismatch`] when the
/// idempotency key is another link's.
pub fn find_link<'a>(
    links: &'a [OpenLink],
    call: &VerifyCall,
    idempotency: Option<&[u8]>,
) -> Result<&'a OpenLink, RelayError> {
    let marked = idempotency.and_then(|key| links.iter().find(|link| link.row.idempotency.as_deref() == Some(key)));
    let link = match &call.s3_key {
        Some(key) => {
            let named = links.iter().rev().find(|link| link.issued.s3_key == *key);
            named.ok_or_else(|| mismatch("The session has issued no such `s3_key`."))?
        }
        None => marked.or(links.last()).ok_or_else(|| {
            RelayError::new(ProblemCode::SessionState).with_detail("The session has issued no link yet.")
        })?,
    };
    if call.selfie_filename.as_ref().is_some_and(|sent| *sent != link.issued.selfie_filename) {
        return Err(mismatch("The session has issued no such `selfie_filename` with this link."));
    }
    if marked.is_some_and(|marked| marked.row.id != link.row.id) {
        return Err(RelayError::new(ProblemCode::IdempotencyMismatch));
    }
    Ok(link)
}

/// A file name that says nothing, with the ending of the one that was asked for if it is that of a photo.
#[must_use]
pub fn file_name(link_id: &str, asked: Option<&str>) -> String {
    let ending = asked.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = match ending.as_deref() {
        Some("png") => "png",
        Some("webp") => "webp",
        Some("jpeg") => "jpeg",
        _ => "jpg",
    };
    format!("selfie-{}.{ending}", link_id.trim_start_matches("lnk_"))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_are_made_here() {
        let rows = [
            (None, "selfie-1.jpg"),
            (Some("me.PNG"), "selfie-1.png"),
            (Some("frank nono.jpeg"), "selfie-1.jpeg"),
            (Some("../../etc/passwd"), "selfie-1.jpg"),
            (Some("a.php"), "selfie-1.jpg"),
            (Some("png"), "selfie-1.jpg"),
        ];
        for (asked, expected) in rows {
            assert_eq!(file_name("lnk_1", asked), expected);
        }
    }
}
