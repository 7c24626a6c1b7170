//! Pure policy: the headers of a `PUT` ([`put_headers`]), and the form fields of a POST policy ([`form_fields`]).

use crate::flow::RelayFailure;

/// The media type of a photo.
pub(super) const JPEG: &str = "image/jpeg";

/// A header and its value.
pub(super) type Header = (&'static str, &'static str);

/// Returns the headers to set for a `PUT` whose link signs these names. The browser itself sends `Host` and
/// `Content-Length`, and the upload sets `Content-Type`.
///
/// # Errors
/// [`RelayFailure::LinkUnusable`] if the link signs a header whose value can't be known here.
pub(super) fn put_headers<'a>(signed: impl Iterator<Item = &'a str>) -> Result<Vec<Header>, RelayFailure> {
    let known = |name: &str| match name {
        "host" | "content-length" | "content-type" => Ok(None),
        "if-none-match" => Ok(Some(("If-None-Match", "*"))),
        "x-amz-content-sha256" => Ok(Some(("x-amz-content-sha256", "UNSIGNED-PAYLOAD"))),
        _ => Err(RelayFailure::LinkUnusable),
    };
    signed.filter_map(|name| known(name).transpose()).collect()
}

/// Returns the fields of a form. Adds `Content-Type` if the policy mentions it and the fields do not. `policy` is the
/// policy's JSON, if it can be read. S3 requires only that all fields precede the file.
///
/// # Errors
/// [`RelayFailure::LinkUnusable`] if the fields contain the file, or a redirect, which a page can't follow.
pub(super) fn form_fields(
    fields: &[(String, String)],
    policy: Option<&str>,
) -> Result<Vec<(String, String)>, RelayFailure> {
    let impossible = |name: &str| matches!(name, "file" | "redirect" | "success_action_redirect");
    if fields.iter().any(|(name, _)| impossible(name)) {
        return Err(RelayFailure::LinkUnusable);
    }
    let mut fields = fields.to_vec();
    let typed = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !typed && policy.is_some_and(|policy| policy.to_ascii_lowercase().contains("content-type")) {
        fields.push(("Content-Type".to_owned(), JPEG.to_owned()));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_sends_the_signed_headers_that_it_can_know() {
        const ONCE: Header = ("If-None-Match", "*");
        const UNSIGNED: Header = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        for (signed, wanted) in [
            ("host", Ok(vec![])),
            ("content-length;content-type;host", Ok(vec![])),
            ("host;if-none-match", Ok(vec![ONCE])),
            ("host;if-none-match;x-amz-content-sha256", Ok(vec![ONCE, UNSIGNED])),
            ("host;x-amz-acl", Err(RelayFailure::LinkUnusable)),
            ("content-md5;host", Err(RelayFailure::LinkUnusable)),
            ("", Err(RelayFailure::LinkUnusable)),
        ] {
            assert_eq!(put_headers(signed.split(';')), wanted, "{signed}");
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
