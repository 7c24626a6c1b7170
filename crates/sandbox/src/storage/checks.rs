//! Checks of a request before `s3s` sees it: rules of Amazon's S3 that `s3s` 0.14 lacks.
//!
//! All functions are pure. [`super::service`] calls them in order.

use base64_simd::STANDARD;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use s3s::crypto::{Checksum, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};

use super::error_document::ErrorDocument;

/// Fails if the signature does not cover an `x-amz-*` header. Otherwise the holder of a presigned PUT could add
/// `x-amz-copy-source` and read another object, or `x-amz-acl` and publish the object.
///
/// Two kinds of requests pass: those with a Version 2 signature, which covers all these headers, and those without a
/// signature, which `s3s` rejects.
pub(crate) fn unsigned_headers(parts: &Parts) -> Result<(), ErrorDocument> {
    let Some(signed) = signed_headers(parts) else { return Ok(()) };
    let unsigned: Vec<&str> = parts
        .headers
        .keys()
        .map(header::HeaderName::as_str)
        .filter(|name| name.starts_with("x-amz-") && !signed.iter().any(|signed| signed == name))
        .collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    Err(ErrorDocument {
        status: StatusCode::FORBIDDEN,
        code: "AccessDenied",
        message: "There were headers present in the request which were not signed",
        details: vec![("HeadersNotSigned", unsigned.join(", "))],
    })
}

/// Returns the header names that a V4 signature covers, from the link or from the `Authorization` header. The list is empty
/// for a form, whose policy covers its fields only.
fn signed_headers(parts: &Parts) -> Option<Vec<String>> {
    let split = |list: &str| list.split(';').map(str::to_ascii_lowercase).collect();
    if is_form(parts) {
        return Some(Vec::new());
    }
    let query = parts.uri.query().unwrap_or_default();
    if let Some((_, list)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "X-Amz-SignedHeaders") {
        return Some(split(&list));
    }
    let authorization = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, rest) = authorization.strip_prefix("AWS4-HMAC-SHA256")?.split_once("SignedHeaders=")?;
    Some(split(rest.split(',').next().unwrap_or_default().trim()))
}

/// Whether this is the upload of an HTML form with a POST policy.
fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parts.method == Method::POST && kind.to_ascii_lowercase().starts_with("multipart/form-data")
}

/// Fails if an upload has no `Content-Length`, as S3 does.
pub(crate) fn stated_length(parts: &Parts) -> Result<(), ErrorDocument> {
    let upload = parts.method == Method::PUT || parts.method == Method::POST;
    if !upload || parts.headers.contains_key(header::CONTENT_LENGTH) {
        return Ok(());
    }
    Err(ErrorDocument {
        status: StatusCode::LENGTH_REQUIRED,
        code: "MissingContentLength",
        message: "You must provide the Content-Length HTTP header.",
        details: Vec::new(),
    })
}

/// Returns the error for a body of `proposed` bytes that exceeds `limit`.
pub(crate) fn too_large(proposed: u64, limit: u64) -> ErrorDocument {
    ErrorDocument {
        status: StatusCode::BAD_REQUEST,
        code: "EntityTooLarge",
        message: "Your proposed upload exceeds the maximum allowed size",
        details: vec![("ProposedSize", proposed.to_string()), ("MaxSizeAllowed", limit.to_string())],
    }
}

/// Fails if the body does not match its `Content-MD5`. `s3s-fs` compares too late, after it has replaced the object.
pub(crate) fn digest(headers: &HeaderMap, body: &[u8]) -> Result<(), ErrorDocument> {
    let Some(stated) = headers.get("content-md5") else { return Ok(()) };
    let refusal = |code, message| ErrorDocument { status: StatusCode::BAD_REQUEST, code, message, details: Vec::new() };
    let stated = STANDARD.decode_to_vec(stated.as_bytes()).unwrap_or_default();
    if stated.len() != 16 {
        return Err(refusal("InvalidDigest", "The Content-MD5 you specified was invalid."));
    }
    if stated != Md5::checksum(body) {
        return Err(refusal("BadDigest", "The Content-MD5 you specified did not match what we received."));
    }
    Ok(())
}

/// Fails if the body does not match a checksum of the headers or of a signed link. `s3s` compares only headers, and too
/// late, after it has replaced the object.
pub(crate) fn checksum(parts: &Parts, body: &[u8]) -> Result<(), ErrorDocument> {
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let of_query = query.map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()));
    let of_headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()));
    for (name, stated) in of_query.chain(of_headers) {
        let computed = match name.as_str() {
            "x-amz-checksum-crc32" => Crc32::checksum(body).to_vec(),
            "x-amz-checksum-crc32c" => Crc32c::checksum(body).to_vec(),
            "x-amz-checksum-crc64nvme" => Crc64Nvme::checksum(body).to_vec(),
            "x-amz-checksum-sha1" => Sha1::checksum(body).to_vec(),
            "x-amz-checksum-sha256" => Sha256::checksum(body).to_vec(),
            _ => continue,
        };
        if STANDARD.decode_to_vec(stated.as_bytes()).ok().as_ref() != Some(&computed) {
            return Err(ErrorDocument {
                status: StatusCode::BAD_REQUEST,
                code: "BadDigest",
                message: "The checksum you specified did not match the calculated checksum.",
                details: Vec::new(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(method: Method, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    const LINK: &str = "/b/k?X-Amz-SignedHeaders=host%3Bx-amz-meta-a&X-Amz-Signature=0";

    #[test]
    fn only_signed_amazon_headers_pass() {
        let put = |headers: &[(&str, &str)]| unsigned_headers(&parts(Method::PUT, LINK, headers));
        assert_eq!(put(&[("content-type", "image/jpeg")]), Ok(()));
        assert_eq!(put(&[("x-amz-meta-a", "1")]), Ok(()));
        for name in ["x-amz-copy-source", "x-amz-acl", "X-Amz-Meta-B", "x-amz-content-sha256"] {
            let refusal = put(&[(name, "1")]).unwrap_err();
            assert_eq!(refusal.details, [("HeadersNotSigned", name.to_ascii_lowercase())]);
        }
    }

    #[test]
    fn the_authorization_header_lists_signed_headers_too() {
        let sign = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=0";
        let get = |headers: &[(&str, &str)]| unsigned_headers(&parts(Method::GET, "/b/k", headers));
        assert_eq!(get(&[("authorization", sign), ("x-amz-date", "1")]), Ok(()));
        assert!(get(&[("authorization", sign), ("x-amz-acl", "1")]).is_err());
    }

    #[test]
    fn a_form_covers_no_header() {
        let form = [("content-type", "Multipart/Form-Data; boundary=x"), ("x-amz-acl", "public-read")];
        assert!(unsigned_headers(&parts(Method::POST, "/b?X-Amz-SignedHeaders=x-amz-acl", &form)).is_err());
    }

    #[test]
    fn only_uploads_must_state_their_length() {
        assert!(stated_length(&parts(Method::PUT, "/b/k", &[])).is_err());
        assert_eq!(stated_length(&parts(Method::PUT, "/b/k", &[("content-length", "1")])), Ok(()));
        assert_eq!(stated_length(&parts(Method::GET, "/b/k", &[])), Ok(()));
    }

    #[test]
    fn a_digest_must_match_the_body() {
        let with = |value: &str| {
            digest(&HeaderMap::from_iter([("content-md5".parse().unwrap(), value.parse().unwrap())]), b"hello")
        };
        assert_eq!(with("XUFAKrxLKna5cZ2REBfFkg=="), Ok(()));
        assert_eq!(with("AAAAAAAAAAAAAAAAAAAAAA==").unwrap_err().code, "BadDigest");
        assert_eq!(with("nonsense").unwrap_err().code, "InvalidDigest");
        assert_eq!(digest(&HeaderMap::new(), b"hello"), Ok(()));
    }
}
