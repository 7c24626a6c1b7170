//! Links that sign more than the host: the headers for the upload, and checksums that no photo has.

use std::collections::BTreeMap;

use akiba_protocol::ProblemCode;
use akiba_sandbox::storage::AlsoSigned;
use akiba_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::{Relay, Vendor, link_reply, link_request, problem, success};

const KMS: (&str, &str) = ("x-amz-server-side-encryption", "aws:kms");

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A sandbox whose links sign this header, and a relay in front of it.
async fn world(tell: bool, flags: &[&str]) -> (Sandbox, Relay) {
    let sandbox = Sandbox::start(Options { test_controls: true, ..Options::default() }).await.unwrap();
    sandbox.vendor().sign_also(AlsoSigned { headers: map(&[KMS]), tell, ..AlsoSigned::default() });
    let flags = flags.iter().map(|&flag| flag.to_owned());
    let flags = flags.chain([format!("--vendor-base={}", sandbox.vendor_url())]);
    let relay = Relay::with_secret(sandbox.token(), flags).await;
    (sandbox, relay)
}

/// Uploads a photo as the widget does, with the headers of the answer. Returns the status.
async fn upload(link: &Value) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut put = client.put(link["signed_link"].as_str().unwrap()).header("content-type", "image/jpeg");
    for (name, value) in link["headers"].as_object().into_iter().flatten() {
        put = put.header(name, value.as_str().unwrap());
    }
    put.body("photo").send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_vendor_names_the_headers_of_an_upload() {
    let (_sandbox, relay) = world(true, &[]).await;
    let link = success(relay.link()).await;
    assert_eq!(link["headers"], json!({ KMS.0: KMS.1 }));
    assert_eq!(upload(&link).await, 200);

    let (_sandbox, relay) = world(false, &[]).await;
    let link = success(relay.link()).await;
    assert_eq!((link.get("headers"), upload(&link).await), (None, 403));
}

#[tokio::test]
async fn a_profile_names_the_headers_of_an_upload() {
    let profile = tempfile::NamedTempFile::new().unwrap();
    let text = include_str!("../../../src/vendor_api/profiles/published.toml");
    let headers = "\"X-Amz-Server-Side-Encryption\" = \"aws:kms\"\nx-amz-acl = \"private\"";
    std::fs::write(profile.path(), format!("{text}\n[link.headers]\n{headers}\n")).unwrap();
    let flag = format!("--vendor-profile={}", profile.path().display());
    let (_sandbox, relay) = world(false, &[&flag]).await;
    let link = success(relay.link()).await;
    assert_eq!(link["headers"], json!({ "X-Amz-Server-Side-Encryption": "aws:kms" }), "only what the link signs");
    assert_eq!(upload(&link).await, 200);
}

#[tokio::test]
async fn a_header_of_the_answer_hides_the_profiles_only_if_it_has_a_text() {
    let profile = tempfile::NamedTempFile::new().unwrap();
    let text = include_str!("../../../src/vendor_api/profiles/published.toml");
    std::fs::write(profile.path(), format!("{text}\n[link.headers]\nx-amz-acl = \"private\"\n")).unwrap();
    let flag = format!("--vendor-profile={}", profile.path().display());
    for (headers, expected) in [
        (json!({ "x-amz-acl": null }), json!({ "x-amz-acl": "private" })),
        (json!({ "X-Amz-Acl": 7 }), json!({ "x-amz-acl": "private" })),
        (json!({ "X-AMZ-ACL": "bucket-owner-read" }), json!({ "X-AMZ-ACL": "bucket-owner-read" })),
        (json!({}), json!({ "x-amz-acl": "private" })),
    ] {
        let mut reply = link_reply();
        reply["signed_link"] =
            json!("https://bucket.s3.amazonaws.com/k?X-Amz-SignedHeaders=host%3Bx-amz-acl&X-Amz-Signature=0");
        reply["headers"] = headers;
        let vendor = Vendor::saying(200, reply.to_string()).await;
        assert_eq!(success(Relay::before(&vendor.base, &[&flag]).await.link()).await["headers"], expected);
    }
}

#[tokio::test]
async fn only_signed_headers_with_a_text_reach_a_page() {
    let signing =
        "https://bucket.s3.amazonaws.com/k?X-Amz-SignedHeaders=host%3Bx-amz-acl%3Bx-amz-meta-a&X-Amz-Signature=0";
    for (headers, expected) in [
        (json!({ "X-Amz-Acl": "private", "cookie": "s3cret", "x-amz-meta-b": "1" }), json!({ "X-Amz-Acl": "private" })),
        (json!({ "x-amz-acl": 7, "x-amz-meta-a": "1" }), json!({ "x-amz-meta-a": "1" })),
        (json!({ "cookie": "s3cret" }), Value::Null),
        (json!("of the vendor"), Value::Null),
        (json!(null), Value::Null),
    ] {
        let mut reply = link_reply();
        reply["signed_link"] = json!(signing);
        reply["headers"] = headers;
        let vendor = Vendor::saying(200, reply.to_string()).await;
        assert_eq!(success(Relay::before(&vendor.base, &[]).await.link()).await["headers"], expected);
        let database = Database::sqlite();
        let bank = Bank::open(&database, &vendor.base, &[]).await;
        let page = bank.page().await;
        assert_eq!(success(bank.link(&page, &json!({}))).await["headers"], expected);
    }
}

#[tokio::test]
async fn a_link_with_any_checksum_is_rejected() {
    for (name, value) in [
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
        ("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("x-amz-checksum-sha1", "qUqP5cyxm6YcTAhz05Hph5gvu9M="),
    ] {
        let (sandbox, relay) = world(true, &[]).await;
        sandbox.vendor().sign_also(AlsoSigned { query: map(&[(name, value)]), ..AlsoSigned::default() });
        problem(relay.post("/v1/customer", &link_request()), ProblemCode::VendorReply).await;
    }
}
