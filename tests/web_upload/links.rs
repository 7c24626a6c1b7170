//! The headers that a signed link allows, and its expiry.

use std::time::Duration;

use akiba_protocol::UploadFailure;
use akiba_selfie::adapter::upload::{Progress, Target};
use akiba_selfie::flow::RelayFailure;
use gloo_timers::future::sleep;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::calendar::Calendar;
use crate::fault::Fault;
use crate::{outcome, photo, reply, target, told, v2, v4};

#[wasm_bindgen_test]
async fn a_put_has_its_signed_headers_and_a_content_type() {
    const TYPED: (&str, &str) = ("content-type", "image/jpeg");
    let rows = [
        (false, "host", vec![TYPED]),
        (true, "host", vec![]),
        (false, "content-length;content-type;host", vec![TYPED]),
        (false, "host;if-none-match", vec![TYPED, ("if-none-match", "*")]),
        (false, "host;x-amz-content-sha256", vec![TYPED, ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]),
    ];
    for (plain, signed, wanted) in rows {
        let allow = "content-type, if-none-match, x-amz-content-sha256";
        let fault = Fault::programmed(json!({ "answers": [{ "status": 200 }], "allow": allow })).await;
        assert_eq!(outcome(&target(&fault.url(&v4(600, signed))), plain, false).await, Progress::Done);
        let request = fault.request().await;
        assert_eq!(request["method"], "PUT");
        assert_eq!((request["length"].as_u64(), request["body"].as_str()), (Some(1000), Some(&*"x".repeat(1000))));
        let headers = request["headers"].as_object().unwrap();
        for (name, value) in &wanted {
            assert_eq!(headers[*name], *value, "{signed}");
        }
        for absent in ["cookie", "authorization"] {
            assert!(!headers.contains_key(absent), "{absent}");
        }
        assert_eq!(headers.contains_key("content-type"), !plain);
        // The preflight names all headers that the browser does not send by itself.
        let preflights = fault.seen().await["preflights"].clone();
        let named = preflights[0].as_str().unwrap().split(',').filter(|name| !name.is_empty());
        assert_eq!(named.collect::<Vec<_>>(), wanted.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}

#[wasm_bindgen_test]
fn an_unusable_link_is_rejected_at_once() {
    let links = [
        "http://bucket.s3.amazonaws.com/k.jpg".to_owned(),
        "ftp://bucket.example/k.jpg".to_owned(),
        "/k.jpg".to_owned(),
    ];
    for link in links {
        assert_eq!(Target::from_reply(&reply(&link, None)).err(), Some(RelayFailure::LinkUnusable), "{link}");
    }
    for fields in [json!({ "file": "x" }), json!({ "key": {} }), json!({ "success_action_redirect": "https://a" })] {
        let reply = reply("https://bucket.example/", Some(fields.clone()));
        assert_eq!(Target::from_reply(&reply).err(), Some(RelayFailure::LinkUnusable), "{fields}");
    }
    let reply = reply("http://bucket.example/", Some(json!({ "key": "k" })));
    assert_eq!(Target::from_reply(&reply).err(), Some(RelayFailure::LinkUnusable));
}

#[wasm_bindgen_test]
fn a_link_that_no_photo_fits_says_why() {
    let empty = "https://bucket.example/k.jpg?X-Amz-Signature=0&x-amz-checksum-crc32=AAAAAA%3D%3D".to_owned();
    let signing = |names: &str| format!("https://bucket.example{}", v4(600, names));
    for (link, failure) in [
        (empty, RelayFailure::LinkChecksum),
        (signing("content-md5;host"), RelayFailure::LinkChecksum),
        (signing("host;x-amz-checksum-sha256"), RelayFailure::LinkChecksum),
        (signing("host;x-amz-acl"), RelayFailure::LinkHeaders),
    ] {
        assert_eq!(Target::from_reply(&reply(&link, None)).err(), Some(failure), "{link}");
    }
}

#[wasm_bindgen_test]
async fn headers_of_the_reply_are_sent_if_the_link_signs_them() {
    let kms = ("x-amz-server-side-encryption", "aws:kms");
    let fault =
        Fault::programmed(json!({ "answers": [{ "status": 200 }], "allow": format!("content-type, {}", kms.0) })).await;
    let mut reply = reply(&fault.url(&v4(600, "host;x-amz-server-side-encryption")), None);
    reply.headers =
        [kms, ("x-amz-acl", "public-read")].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    assert_eq!(outcome(&Target::from_reply(&reply).unwrap(), false, false).await, Progress::Done);
    let request = fault.request().await;
    let headers = request["headers"].as_object().unwrap();
    assert_eq!(headers[kms.0], kms.1);
    assert!(!headers.contains_key("x-amz-acl"));
}

#[wasm_bindgen_test]
async fn debug_output_hides_the_link() {
    let target = target(&format!("https://bucket.example{}&secret=geheim", v4(600, "host")));
    assert!(!format!("{target:?}").contains("geheim"));
    assert!(!format!("{target:?}").contains("bucket"));
}

#[wasm_bindgen_test]
async fn an_expired_link_is_not_tried() {
    let fault = Fault::status(200, "").await;
    // A second may begin between the link and its target. Then these links still have one.
    let links: [fn() -> String; 2] = [|| v4(2, "host"), || v2(1.9)];
    for query in links {
        let target = target(&fault.url(&query()));
        assert!(target.is_over());
        let told = told(&target, &photo(1000), false, false).await;
        assert_eq!(told, [Progress::Failed(UploadFailure::Over)]);
    }
    let seen = fault.seen().await;
    assert_eq!((&seen["requests"], &seen["preflights"]), (&json!([]), &json!([])));
}

#[wasm_bindgen_test]
async fn a_link_expires_while_it_is_held() {
    let target = target(&format!("https://bucket.example{}", v4(4, "host")));
    assert!(!target.is_over());
    assert!((3..=4).contains(&target.life().unwrap().as_secs()));
    sleep(Duration::from_millis(2100)).await;
    assert!(target.is_over());
    let endless = Target::from_reply(&reply("https://bucket.example/k.jpg", None)).unwrap();
    assert_eq!((endless.life(), endless.is_over()), (None, false));
}

#[wasm_bindgen_test]
fn a_link_expires_while_the_device_sleeps() {
    let target = target(&format!("https://bucket.example{}", v4(60, "host")));
    let over = |seconds| {
        let _calendar = Calendar::off_by(seconds);
        target.is_over()
    };
    assert_eq!([over(61), over(-600), target.is_over()], [true, false, false]);
}
