//! The S3 from the view of a client with a signed link.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that can't go on fails")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use akiba_protocol::s3::{Sent, classify};
use akiba_protocol::{LinkReply, SignedLink, SignedLinkError, UploadFailure};
use akiba_sandbox::storage::{AlsoSigned, BUCKET, LinkAge, REGION};
use akiba_sandbox::{Options, Sandbox, Signer};
use reqwest::{Method, Response};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use serde_json::json;
use support::{ANYBODY, ORIGIN, World, jpeg, s3_error, world};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MINUTE: Duration = Duration::from_secs(60);

fn object(world: &World, link: &LinkReply) -> Option<Vec<u8>> {
    std::fs::read(world.sandbox.objects().join(&link.s3_key)).ok()
}

async fn put_with(world: &World, link: &str, name: &str, value: &str) -> Response {
    world.client.put(link).header(name, value).body(jpeg()).send().await.unwrap()
}

fn credentials(sandbox: &Sandbox) -> Credentials {
    let (access, secret) = sandbox.s3_keys();
    Credentials::new(access, secret)
}

fn bucket(sandbox: &Sandbox, name: &str) -> Bucket {
    Bucket::new(sandbox.s3_url().parse().unwrap(), UrlStyle::Path, name.to_owned(), REGION).unwrap()
}

#[tokio::test]
async fn a_link_accepts_a_selfie_until_it_expires() {
    let world = world().await;
    let link = world.link(ANYBODY).await;
    let response = world.put(&link.signed_link, jpeg()).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("etag"));
    assert_eq!(object(&world, &link), Some(jpeg()));
    // A PUT link can be used again until it expires, and overwrites the object.
    assert_eq!(world.put(&link.signed_link, "second").await.status(), 200);

    // Links to the same object, signed some seconds ago: their dates are whole seconds.
    let (credentials, bucket) = (credentials(&world.sandbox), bucket(&world.sandbox, BUCKET));
    let signed_ago = |seconds| {
        let signed = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(seconds);
        bucket.put_object(Some(&credentials), &link.s3_key).sign_with_time(MINUTE, &signed)
    };
    assert_eq!(world.put(signed_ago(30).as_str(), "third").await.status(), 200);
    let (status, code, text) = s3_error(world.put(signed_ago(62).as_str(), "fourth").await).await;
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    assert!(text.contains("<Message>Request has expired</Message>"), "{text}");
    assert_eq!(object(&world, &link).as_deref(), Some(b"third".as_slice()));
}

#[tokio::test]
async fn any_change_to_a_link_breaks_its_signature() {
    let world = world().await;
    let link = world.link(ANYBODY).await.signed_link;
    let other_key = link.replacen("/selfies/", "/selfies/0", 1);
    let longer_life = link.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    let last = if link.ends_with('0') { "1" } else { "0" };
    let other_signature = format!("{}{last}", &link[..link.len() - 1]);
    let further_parameter = format!("{link}&versionId=1");
    for tampered in [other_key, longer_life, other_signature, further_parameter] {
        let (status, code, text) = s3_error(world.put(&tampered, jpeg()).await).await;
        assert_eq!((status, code.as_str()), (403, "SignatureDoesNotMatch"), "{tampered}");
        assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::Signature));
    }
    let (base, query) = link.split_once('?').unwrap();
    let unsigned = query.split('&').filter(|pair| !pair.starts_with("X-Amz-Signature")).collect::<Vec<_>>().join("&");
    for unsigned in [format!("{base}?{unsigned}"), base.to_owned()] {
        let (status, code, _) = s3_error(world.put(&unsigned, jpeg()).await).await;
        assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    }
}

#[tokio::test]
async fn unsigned_amazon_headers_are_refused() {
    let world = world().await;
    let (victim, mine) = (world.link(ANYBODY).await, world.link("7001015009087").await);
    assert_eq!(world.put(&victim.signed_link, jpeg()).await.status(), 200);
    let source = format!("/{BUCKET}/{}", victim.s3_key);
    let headers = [
        ("x-amz-copy-source", source.as_str()),
        ("x-amz-acl", "public-read"),
        ("x-amz-meta-note", "1"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-website-redirect-location", "https://example.com"),
    ];
    for (name, value) in headers {
        let (status, code, text) = s3_error(put_with(&world, &mine.signed_link, name, value).await).await;
        assert_eq!((status, code.as_str()), (403, "AccessDenied"), "{name}");
        assert!(text.contains(&format!("<HeadersNotSigned>{name}</HeadersNotSigned>")), "{text}");
        assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::Signature));
    }
    assert_eq!(object(&world, &mine), None);
    assert_eq!(put_with(&world, &mine.signed_link, "content-type", "image/png").await.status(), 200);
}

#[tokio::test]
async fn signed_copies_and_other_operations_are_refused_too() {
    let world = world().await;
    let (credentials, bucket) = (credentials(&world.sandbox), bucket(&world.sandbox, BUCKET));
    let link = world.link(ANYBODY).await;
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);

    let mut copy = bucket.put_object(Some(&credentials), "selfies/copy");
    copy.headers_mut().insert("x-amz-copy-source", format!("/{BUCKET}/{}", link.s3_key));
    let source = format!("/{BUCKET}/{}", link.s3_key);
    let copied = put_with(&world, copy.sign(MINUTE).as_str(), "x-amz-copy-source", &source).await;
    assert_eq!(s3_error(copied).await.1, "AccessDenied");
    assert!(!world.sandbox.objects().join("selfies/copy").exists());

    let created = bucket.create_bucket(&credentials).sign(MINUTE);
    assert_eq!(s3_error(world.put(created.as_str(), "x").await).await.1, "AccessDenied");
    let removed = world.client.delete(bucket.delete_bucket(&credentials).sign(MINUTE)).send().await.unwrap();
    assert_eq!(s3_error(removed).await.1, "AccessDenied");
}

#[tokio::test]
async fn other_buckets_do_not_exist_and_are_not_created() {
    let world = world().await;
    let other = bucket(&world.sandbox, "other-bucket");
    let credentials = credentials(&world.sandbox);
    for url in
        [other.put_object(Some(&credentials), "key").sign(MINUTE), other.create_bucket(&credentials).sign(MINUTE)]
    {
        let (status, code, _) = s3_error(world.put(url.as_str(), jpeg()).await).await;
        assert_eq!((status, code.as_str()), (404, "NoSuchBucket"));
    }
    assert!(!world.sandbox.objects().with_file_name("other-bucket").exists());
}

#[tokio::test]
async fn a_link_allows_put_and_nothing_else() {
    let world = world().await;
    let link = world.link(ANYBODY).await;
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
    for method in [Method::GET, Method::DELETE, Method::POST, Method::PATCH] {
        let response = world.client.request(method.clone(), &link.signed_link).body("x").send().await.unwrap();
        assert_eq!(s3_error(response).await.0, 403, "{method}");
    }
    assert_eq!(world.client.head(&link.signed_link).send().await.unwrap().status(), 403);
    let (origin, query) = (world.sandbox.s3_url(), link.signed_link.split_once('?').unwrap().1);
    for list in [format!("{origin}/{BUCKET}?{query}"), format!("{origin}/{BUCKET}/?list-type=2&{query}")] {
        assert_eq!(s3_error(world.client.get(list).send().await.unwrap()).await.1, "SignatureDoesNotMatch");
    }
    assert_eq!(s3_error(world.client.get(origin).send().await.unwrap()).await.1, "AccessDenied");
    assert_eq!(object(&world, &link), Some(jpeg()));
}

#[tokio::test]
async fn the_keys_allow_get_head_and_delete() {
    let world = world().await;
    let (credentials, bucket) = (credentials(&world.sandbox), bucket(&world.sandbox, BUCKET));
    let link = world.link(ANYBODY).await;
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
    let head = bucket.head_object(Some(&credentials), &link.s3_key).sign(MINUTE);
    assert_eq!(world.client.head(head).send().await.unwrap().headers()["content-type"], "image/jpeg");
    let get = bucket.get_object(Some(&credentials), &link.s3_key).sign(MINUTE);
    assert_eq!(world.client.get(get.clone()).send().await.unwrap().bytes().await.unwrap(), jpeg());
    let delete = bucket.delete_object(Some(&credentials), &link.s3_key).sign(MINUTE);
    assert_eq!(world.client.delete(delete).send().await.unwrap().status(), 204);
    assert_eq!(s3_error(world.client.get(get).send().await.unwrap()).await.1, "NoSuchKey");
}

#[tokio::test]
async fn ten_megabytes_are_accepted_and_one_byte_more_is_not() {
    let world = world().await;
    let link = world.link(ANYBODY).await;
    let limit = 10 * 1024 * 1024;
    assert_eq!(world.put(&link.signed_link, vec![7; limit]).await.status(), 200);
    let (status, code, text) = s3_error(world.put(&link.signed_link, vec![8; limit + 1]).await).await;
    assert_eq!((status, code.as_str()), (400, "EntityTooLarge"));
    assert!(text.contains("<ProposedSize>10485761</ProposedSize>"), "{text}");
    assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::TooLarge));
    assert_eq!(object(&world, &link).unwrap(), vec![7; limit]);
}

#[tokio::test]
async fn a_damaged_body_does_not_replace_a_good_one() {
    let world = world().await;
    let link = world.link(ANYBODY).await;
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
    let damaged = world.client.put(&link.signed_link).header("content-md5", "XUFAKrxLKna5cZ2REBfFkg==");
    let (status, code, text) = s3_error(damaged.body("not hello").send().await.unwrap()).await;
    assert_eq!((status, code.as_str()), (400, "BadDigest"));
    assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::Damaged));
    assert_eq!(object(&world, &link), Some(jpeg()));
}

/// Sends a request unchanged: an HTTP client would normalise the path.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_key_with_dots_does_not_leave_the_bucket() {
    let world = world().await;
    let address: SocketAddr = world.sandbox.s3_url().strip_prefix("http://").unwrap().parse().unwrap();
    let signer = Signer::new(address, BUCKET, credentials(&world.sandbox)).unwrap();
    let outside = world.sandbox.objects().parent().unwrap().join("outside");
    for key in ["../outside", "selfies/../../outside"] {
        // The signature covers the normalised path. Nothing may be written outside the bucket.
        let query = url::Url::parse(&signer.put_link(key, MINUTE, LinkAge::Fresh, &AlsoSigned::default())).unwrap();
        let query = query.query().unwrap();
        for written in [key.to_owned(), key.replace('.', "%2e"), key.replace('/', "%2f")] {
            let head = format!("PUT /{BUCKET}/{written}?{query} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1");
            let answer = raw(address, &format!("{head}\r\nConnection: close\r\n\r\nx")).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{written}: {answer}");
        }
    }
    assert!(!outside.exists());
}

#[tokio::test]
async fn an_upload_must_state_its_length() {
    let world = world().await;
    let link = world.link(ANYBODY).await.signed_link;
    let address: SocketAddr = world.sandbox.s3_url().strip_prefix("http://").unwrap().parse().unwrap();
    let path = link.split_once(&address.to_string()).unwrap().1;
    let head = format!("PUT {path} HTTP/1.1\r\nHost: {address}\r\nTransfer-Encoding: chunked\r\nConnection: close");
    let answer = raw(address, &format!("{head}\r\n\r\n1\r\nx\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 411") && answer.contains("<Code>MissingContentLength</Code>"), "{answer}");
}

#[tokio::test]
async fn the_page_may_preflight_and_read_every_answer() {
    let world = world().await;
    let link = world.link(ANYBODY).await.signed_link;
    let preflight = |origin: &'static str| {
        world
            .client
            .request(Method::OPTIONS, &link)
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "content-type")
            .send()
    };
    let answer = preflight(ORIGIN).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    let methods = answer.headers()["access-control-allow-methods"].to_str().unwrap().to_owned();
    assert_eq!(methods.split(',').collect::<Vec<_>>(), ["PUT", "POST"]);
    assert_eq!(answer.headers()["access-control-allow-headers"], "content-type");
    let foreign = preflight("http://evil.example").await.unwrap();
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));

    let good = world.put(&link, jpeg()).await;
    let expired = world.link("0000000000008").await.signed_link;
    let refused = world.put(&expired, jpeg()).await;
    let busy = world.put(&world.link("0000000000009").await.signed_link, jpeg()).await;
    let large = world.put(&link, vec![0; 11 * 1024 * 1024]).await;
    for (answer, status) in [(good, 200), (refused, 403), (busy, 503), (large, 400)] {
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
        assert_eq!(answer.headers()["access-control-expose-headers"], "etag");
    }
}

#[tokio::test]
async fn a_link_signed_in_the_future_is_a_clock_error() {
    let world = world().await;
    let (credentials, bucket) = (credentials(&world.sandbox), bucket(&world.sandbox, BUCKET));
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let link = bucket.put_object(Some(&credentials), "selfies/later").sign_with_time(MINUTE, &later);
    let (status, code, text) = s3_error(world.put(link.as_str(), jpeg()).await).await;
    assert_eq!((status, code.as_str()), (403, "RequestTimeTooSkewed"));
    assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::ClockSkew));
}

#[tokio::test]
async fn faults_drop_or_stall_an_upload_midway() {
    let world = world().await;
    let link = world.link(ANYBODY).await;
    let fault = |body| world.call("/_sandbox/fault", &body).send();
    let big = vec![0; 2_000_000];

    fault(json!({ "fault": "drop", "seconds": 60, "after_bytes": 100_000 })).await.unwrap();
    assert!(world.client.put(&link.signed_link).body(big.clone()).send().await.is_err());
    assert_eq!(object(&world, &link), None);

    let start = std::time::Instant::now();
    assert_eq!(fault(json!({ "fault": "stall", "seconds": 1, "after_bytes": 100_000 })).await.unwrap().status(), 204);
    assert_eq!(world.put(&link.signed_link, big.clone()).await.status(), 200);
    assert!(start.elapsed() >= Duration::from_secs(1));

    fault(json!({ "fault": "drop", "seconds": 60 })).await.unwrap();
    assert!(world.client.put(&link.signed_link).body("x").send().await.is_err());
    assert_eq!(fault(json!({ "fault": null })).await.unwrap().status(), 204);
    assert_eq!(world.put(&link.signed_link, jpeg()).await.status(), 200);
}

#[tokio::test]
async fn the_temporary_folder_is_removed_with_the_sandbox() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let folder = sandbox.objects();
    assert!(folder.is_dir());
    drop(sandbox);
    for _ in 0..100 {
        if !folder.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} is still there", folder.display());
}

/// A world whose links sign these, too.
async fn world_signing(also: serde_json::Value) -> World {
    let world = world().await;
    let url = format!("{}/_sandbox/link-signs", world.sandbox.vendor_url());
    let sent = world.client.post(url).header("content-type", "application/json").body(also.to_string()).send().await;
    assert_eq!(sent.unwrap().status(), 204);
    world
}

#[tokio::test]
async fn a_signed_header_must_be_sent_with_its_value() {
    let name = "x-amz-server-side-encryption";
    let world = world_signing(json!({ "headers": { name: "aws:kms" }, "tell": true })).await;
    let link = world.link(ANYBODY).await;
    assert_eq!(link.headers[name], "aws:kms");
    for wrong in [
        put_with(&world, &link.signed_link, "x-a", "1").await,
        put_with(&world, &link.signed_link, name, "AES256").await,
    ] {
        assert_eq!(s3_error(wrong).await.1, "SignatureDoesNotMatch");
    }
    assert_eq!(object(&world, &link), None);
    assert_eq!(put_with(&world, &link.signed_link, name, "aws:kms").await.status(), 200);
    assert_eq!(object(&world, &link), Some(jpeg()));
}

/// Each link signs the checksum of an empty body. S3 takes only an empty body.
#[tokio::test]
async fn a_signed_checksum_of_an_empty_body_takes_no_photo() {
    for (name, empty) in [
        ("crc32", "AAAAAA=="),
        ("crc32c", "AAAAAA=="),
        ("crc64nvme", "AAAAAAAAAAA="),
        ("sha1", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        ("sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ] {
        let name = format!("x-amz-checksum-{name}");
        let world = world_signing(json!({ "query": { &name: empty } })).await;
        let link = world.link(ANYBODY).await;
        assert_eq!(s3_error(world.put(&link.signed_link, jpeg()).await).await.1, "BadDigest", "{name}");
        assert_eq!(object(&world, &link), None);
        let put = world.client.put(&link.signed_link).header("content-length", "0");
        assert_eq!(put.send().await.unwrap().status(), 200, "{name}");
        assert_eq!(SignedLink::parse(&link.signed_link).err(), Some(SignedLinkError::EmptyChecksum), "{name}");
    }
    let world = world_signing(json!({ "headers": { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" } })).await;
    let link = world.link(ANYBODY).await;
    let put = put_with(&world, &link.signed_link, "content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==").await;
    assert_eq!(s3_error(put).await.1, "BadDigest");
}
