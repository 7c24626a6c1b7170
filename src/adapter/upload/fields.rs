//! Pure policy: the headers of a `PUT` ([`put_headers`]), and the form fields of a POST policy ([`form_fields`]).

use akiba_protocol::search::contains;
use akiba_protocol::signed_link::{UNSIGNED_PAYLOAD, check_checksum};

use crate::flow::RelayFailure;

/// The media type of a photo.
pub(super) const JPEG: &str = "image/jpeg";

/// A header or a form field, and its value.
pub(super) type Pair = (String, String);

/// Returns the headers to set for a `PUT` whose link signs these names. The browser itself sends `Host` and
/// `Content-Length`, and the upload sets `Content-Type`. `given` are the values from the relay; a header that the link
/// does not sign is not sent.
///
/// # Errors
/// - [`RelayFailure::LinkChecksum`] if the link signs the checksum of a body,
/// - [`RelayFailure::LinkHeaders`] if it signs a header whose value nobody gave, or another `Content-Type`.
pub(super) fn put_headers<'a>(
    signed: impl Iterator<Item = &'a str>,
    given: &[Pair],
) -> Result<Vec<Pair>, RelayFailure> {
    let mut headers = Vec::new();
    for name in signed {
        let given = given.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let value = match (name, given) {
            ("host" | "content-length", _) | ("content-type", None | Some(JPEG)) => continue,
            ("content-type", _) => return Err(RelayFailure::LinkHeaders),
            ("if-none-match", None) => "*",
            ("x-amz-content-sha256", None) => UNSIGNED_PAYLOAD,
            (name, given) => {
                check_checksum(name, given.unwrap_or_default()).map_err(|_| RelayFailure::LinkChecksum)?;
                given.ok_or(RelayFailure::LinkHeaders)?
            }
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// Returns the fields of a form. Adds `Content-Type` if the policy mentions it and the fields do not. `policy` is the
/// policy's JSON, if it can be read. S3 requires only that all fields precede the file.
///
/// # Errors
/// [`RelayFailure::LinkUnusable`] if the fields contain the file, or a redirect, which a page can't follow.
pub(super) fn form_fields(fields: &[Pair], policy: Option<&str>) -> Result<Vec<Pair>, RelayFailure> {
    let impossible = |name: &str| matches!(name, "file" | "redirect" | "success_action_redirect");
    if fields.iter().any(|(name, _)| impossible(name)) {
        return Err(RelayFailure::LinkUnusable);
    }
    let mut fields = fields.to_vec();
    let typed = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !typed && policy.is_some_and(|policy| contains(&policy.to_ascii_lowercase(), "content-type")) {
        fields.push(("Content-Type".to_owned(), JPEG.to_owned()));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_sends_the_signed_headers_that_it_can_know() {
        let pairs = |pairs: &[(&str, &str)]| -> Vec<Pair> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        const ONCE: (&str, &str) = ("if-none-match", "*");
        const UNSIGNED: (&str, &str) = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        const KMS: (&str, &str) = ("x-amz-server-side-encryption", "aws:kms");
        const EMPTY_MD5: (&str, &str) = ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==");
        type Texts = &'static [(&'static str, &'static str)];
        let rows: &[(&str, Texts, Result<Texts, RelayFailure>)] = &[
            ("host", &[KMS], Ok(&[])),
            ("content-length;content-type;host", &[("Content-Type", "image/jpeg")], Ok(&[])),
            ("content-type;host", &[("Content-Type", "image/png")], Err(RelayFailure::LinkHeaders)),
            ("host;if-none-match", &[], Ok(&[ONCE])),
            ("host;if-none-match", &[("If-None-Match", "x")], Ok(&[("if-none-match", "x")])),
            ("host;if-none-match;x-amz-content-sha256", &[], Ok(&[ONCE, UNSIGNED])),
            ("host;x-amz-content-sha256", &[UNSIGNED], Ok(&[UNSIGNED])),
            ("host;x-amz-content-sha256", &[("x-amz-content-sha256", "00")], Err(RelayFailure::LinkChecksum)),
            ("host;x-amz-server-side-encryption", &[KMS, ONCE], Ok(&[KMS])),
            ("host;x-amz-server-side-encryption", &[("X-Amz-Server-Side-Encryption", "aws:kms")], Ok(&[KMS])),
            ("host;x-amz-acl", &[KMS], Err(RelayFailure::LinkHeaders)),
            ("content-md5;host", &[], Err(RelayFailure::LinkChecksum)),
            ("content-md5;host", &[EMPTY_MD5], Err(RelayFailure::LinkChecksum)),
            ("host;x-amz-checksum-sha256", &[], Err(RelayFailure::LinkChecksum)),
            ("host;x-amz-checksum-crc64nvme", &[("x-amz-checksum-crc64nvme", "x")], Err(RelayFailure::LinkChecksum)),
            ("host;x-amz-checksum-algorithm", &[], Err(RelayFailure::LinkHeaders)),
            ("", &[], Err(RelayFailure::LinkHeaders)),
        ];
        for (signed, given, wanted) in rows {
            assert_eq!(put_headers(signed.split(';'), &pairs(given)), wanted.map(pairs), "{signed}");
        }
    }

    #[test]
    fn a_form_has_a_content_type_only_if_the_policy_mentions_it() {
        const ASKS: &str = r#"{"conditions":[["starts-with","$Content-Type","image/"]]}"#;
        let form = |names: &[&str], policy| {
            let fields: Vec<_> = names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
            let names = |fields: Vec<(String, String)>| fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
            form_fields(&fields, policy).map(names)
        };
        for (names, policy, wanted) in [
            (&["key"][..], None, &["key"][..]),
            (&["key"], Some("{}"), &["key"]),
            (&["key"], Some(ASKS), &["key", "Content-Type"]),
            (&["content-type", "key"], Some(ASKS), &["content-type", "key"]),
        ] {
            assert_eq!(form(names, policy).unwrap(), wanted, "{names:?}");
        }
        for name in ["file", "redirect", "success_action_redirect"] {
            assert_eq!(form(&["key", name], None), Err(RelayFailure::LinkUnusable), "{name}");
        }
        assert_eq!(form_fields(&[], Some(ASKS)).unwrap(), [("Content-Type".to_owned(), JPEG.to_owned())]);
    }
}
