//! POST policies: the form, and its expiry.

use akiba_protocol::UploadFailure;
use akiba_selfie::adapter::upload::{Progress, Target};
use serde_json::{Map, Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fault::Fault;
use crate::{outcome, reply, xml};

/// The fields of a POST policy with these conditions.
fn policy(conditions: Value, left: f64) -> Map<String, Value> {
    let ends = js_sys::Date::new(&(js_sys::Date::now() + left * 1000.0).into());
    let policy = json!({ "expiration": String::from(ends.to_iso_string()), "conditions": conditions }).to_string();
    let encoded = web_sys::window().unwrap().btoa(&policy).unwrap();
    let fields = json!({ "key": "selfies/k.jpg", "policy": encoded, "x-amz-signature": "0" });
    fields.as_object().unwrap().clone()
}

/// The names of a form's parts, each with the text after it.
fn parts(request: &Value) -> Vec<(String, String)> {
    let kind = request["headers"]["content-type"].as_str().unwrap();
    let (form, boundary) = kind.split_once("; boundary=").unwrap();
    assert_eq!(form, "multipart/form-data");
    let body = request["body"].as_str().unwrap();
    let boundary = format!("--{boundary}");
    let parts = body.split(&boundary).filter(|part| part.contains("name="));
    let named = parts.map(|part| part.split_once("name=\"").unwrap().1.split_once('"').unwrap());
    named.map(|(name, rest)| (name.to_owned(), rest.trim().to_owned())).collect()
}

#[wasm_bindgen_test]
async fn a_post_policy_is_sent_as_a_form_with_the_file_last() {
    let bare = policy(json!([{ "key": "selfies/k.jpg" }]), 600.0);
    let typed = policy(json!([["starts-with", "$Content-Type", "image/"]]), 600.0);
    let mut given = typed.clone();
    given.insert("Content-Type".to_owned(), json!("image/jpeg"));
    given.insert("success_action_status".to_owned(), json!(201));
    let rows = [
        (bare, 204, vec!["key", "policy", "x-amz-signature", "file"]),
        (typed, 200, vec!["key", "policy", "x-amz-signature", "Content-Type", "file"]),
        (given, 201, vec!["Content-Type", "key", "policy", "success_action_status", "x-amz-signature", "file"]),
    ];
    for (fields, status, names) in rows {
        let fault = Fault::status(status, "").await;
        let target = Target::from_reply(&reply(&fault.url("/"), Some(fields.clone().into()))).unwrap();
        assert_eq!(outcome(&target, false, false).await, Progress::Done);
        let request = fault.request().await;
        assert_eq!(request["method"], "POST");
        let parts = parts(&request);
        assert_eq!(parts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
        for (name, text) in &parts {
            match (name.as_str(), fields.get(name)) {
                ("file", _) => {
                    assert!(text.contains("filename=\"selfie.jpg\"") && text.contains("Content-Type: image/jpeg"));
                    assert!(text.ends_with(&"x".repeat(1000)));
                }
                (_, Some(Value::String(value))) => assert_eq!(text, value),
                (_, Some(value)) => assert_eq!(text, &value.to_string()),
                (_, None) => assert_eq!((name.as_str(), text.as_str()), ("Content-Type", "image/jpeg")),
            }
        }
    }
}

#[wasm_bindgen_test]
async fn a_post_policy_has_an_expiry() {
    let of = |left: f64| {
        Target::from_reply(&reply("https://bucket.example/", Some(policy(json!([]), left).into()))).unwrap()
    };
    assert!((58..=60).contains(&of(60.0).life().unwrap().as_secs()));
    assert!(of(1.0).is_over());
    assert_eq!(of(-60.0).life(), None, "one clock is wrong, and only S3 can decide which");
    let fault = Fault::status(403, &xml("AccessDenied", "Invalid according to Policy: Policy expired.")).await;
    let target = Target::from_reply(&reply(&fault.url("/"), Some(policy(json!([]), 60.0).into()))).unwrap();
    assert_eq!(outcome(&target, false, false).await, Progress::Failed(UploadFailure::Expired));
}
