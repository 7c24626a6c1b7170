//! The relay's two calls in a real browser, against a server that fails in every way.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

use std::rc::Rc;
use std::time::Duration;

use akiba_protocol::{CameraKind, Problem, ProblemCode};
use akiba_selfie::adapter::relay::session::{Bearer, Reason, Session, SessionError};
use akiba_selfie::adapter::relay::{Abort, IssuedLink, JudgedReply, LONGEST_ANSWER, request_link, verify};
use akiba_selfie::config::{Config, Options};
use akiba_selfie::flow::{PhotoOrigin, RelayFailure};
use akiba_selfie::text::{CONSENT_VERSION, Text};
use js_sys::{Function, Reflect};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use fault::Fault;

// The client is compiled into two test targets, and Cargo looks for a plain `mod` beside each one.
#[path = "support/fault.rs"]
mod fault;

wasm_bindgen_test_configure!(run_in_browser);

const LINK: &str = r#"{
    "identifier": "93055521xxx", "signed_link": "https://bucket.s3.amazonaws.com/a.jpg", "s3_key": "selfies/a.jpg",
    "selfie_filename": "a.jpg", "customer_id": "A3020FM2PX"
}"#;

const VERIFIED: &str =
    r#"{ "status": "success", "message": "m", "data": { "identity": { "fraud_detected": "Low" } } }"#;

fn config(fault: &Fault, identifier: Option<&str>) -> Config {
    let options = Options {
        relay: Some(fault.url("")),
        identifier: identifier.map(str::to_owned),
        customer_type: Some("business".to_owned()),
        session: true,
        ..Options::default()
    };
    Config::from_options(&options, "https://page.example").unwrap()
}

/// The idempotency key of a link.
const KEY: &str = "0123456789abcdef";

fn link() -> IssuedLink {
    IssuedLink::read(&js_sys::JSON::parse(LINK).unwrap()).unwrap()
}

fn function(body: &str) -> Session {
    Session::from_js(&Function::new_no_args(body)).unwrap()
}

async fn ask(fault: &Fault, session: &Session) -> Result<IssuedLink, RelayFailure> {
    ask_for(fault, &session.clone().into()).await
}

async fn ask_for(fault: &Fault, bearer: &Bearer) -> Result<IssuedLink, RelayFailure> {
    request_link(&config(fault, Some("930555212345")), Text::english(), bearer, &Abort::for_link()).await
}

async fn judge(fault: &Fault) -> Result<JudgedReply, RelayFailure> {
    judge_for(fault, &Bearer::default()).await
}

async fn judge_for(fault: &Fault, bearer: &Bearer) -> Result<JudgedReply, RelayFailure> {
    verify(
        &config(fault, Some("930555212345")),
        bearer,
        &link(),
        KEY,
        PhotoOrigin::Camera(CameraKind::Front),
        &Abort::for_verify(),
    )
    .await
}

fn sent(request: &Value) -> Value {
    serde_json::from_str(request["body"].as_str().unwrap()).unwrap()
}

fn path(request: &Value) -> &str {
    request["url"].as_str().unwrap().splitn(4, '/').nth(3).map_or("", |rest| rest)
}

#[wasm_bindgen_test]
async fn the_link_request_contains_only_the_customer() {
    let fault = Fault::status(200, LINK).await;
    let reply = ask(&fault, &Session::None).await.unwrap();
    assert_eq!(reply, link());
    let request = fault.request().await;
    assert_eq!((request["method"].as_str(), path(&request)), (Some("POST"), "v1/customer"));
    assert_eq!(sent(&request), json!({ "identifier": "930555212345", "type": "2" }));
    let headers = &request["headers"];
    assert_eq!(headers["content-type"], "application/json");
    for absent in ["authorization", "cookie", "referer", "token"] {
        assert!(headers.get(absent).is_none(), "{absent}: {}", headers[absent]);
    }
    assert_eq!(fault.seen().await["preflights"], json!(["content-type"]));
}

#[wasm_bindgen_test]
async fn an_identifier_known_only_to_the_session_is_not_sent() {
    let fault = Fault::status(200, LINK).await;
    let session = Session::from_js(&"abc.def".into()).unwrap();
    request_link(&config(&fault, None), Text::english(), &session.into(), &Abort::for_link()).await.unwrap();
    let request = fault.request().await;
    let mut body = sent(&request);
    // What the person agreed to is sent only to a relay with sessions.
    assert_eq!(body["consent_hash"].take().as_str().map(str::len), Some(64));
    let wanted = json!({ "type": "2", "consent_version": CONSENT_VERSION, "consent_hash": null, "consent_lang": "en" });
    assert_eq!(body, wanted);
    assert_eq!(request["headers"]["authorization"], "Bearer abc.def");
}

#[wasm_bindgen_test]
async fn the_verdict_request_returns_the_values_of_the_link() {
    let fault = Fault::status(200, VERIFIED).await;
    let verdict = judge(&fault).await.unwrap();
    assert!(verdict.judgement.is_verified());
    let request = fault.request().await;
    assert_eq!((request["method"].as_str(), path(&request)), (Some("POST"), "v1/customer/verify"));
    let wanted = json!({
        "id": "930555212345", "user_type": "2", "selfie_filename": "a.jpg", "s3_key": "selfies/a.jpg"
    });
    assert_eq!(sent(&request), wanted);
}

/// Fails unless the widget gives each answer its reason.
async fn check_reasons(bearer: &Bearer, rows: &[(Value, Option<&str>)]) {
    for (answer, reason) in rows {
        let fault = Fault::status(200, &answer.to_string()).await;
        let judgement = judge_for(&fault, bearer).await.unwrap().judgement;
        assert_eq!(judgement.reason.map(|reason| reason.as_str()), *reason, "{answer}");
        assert_eq!(judgement.is_verified(), reason.is_none(), "{answer}");
    }
}

/// A success with this record.
fn with_record(data: Value) -> Value {
    json!({ "status": "success", "message": "m", "data": data })
}

#[wasm_bindgen_test]
async fn only_a_harmless_fraud_word_is_verified() {
    let word = |word: serde_json::Value| with_record(json!({ "identity": { "fraud_detected": word } }));
    let rows = [
        (word(json!("Low")), None),
        (word(json!(" mEDIUM\n")), None),
        (word(json!("high")), Some("fraud")),
        (word(json!("Very High")), Some("unclear")),
        (word(json!("")), Some("unclear")),
        (word(json!(true)), Some("unclear")),
        (word(json!(1)), Some("unclear")),
        (word(json!(null)), Some("unclear")),
        (word(json!(["Low"])), Some("unclear")),
        (word(json!({ "word": "Low" })), Some("unclear")),
        (with_record(json!({ "identity": {} })), Some("unclear")),
        (with_record(json!({ "identity": [{ "fraud_detected": "Low" }] })), Some("unclear")),
        (with_record(json!({ "identity": null })), Some("unclear")),
        (with_record(json!([{ "identity": { "fraud_detected": "Low" } }])), Some("unclear")),
        (with_record(json!({})), Some("unclear")),
        (with_record(json!("Low")), Some("unclear")),
        (json!({ "status": "success" }), Some("unclear")),
        (json!({ "status": true, "data": { "identity": { "fraud_detected": "Low" } } }), Some("not-matched")),
        (json!({}), Some("not-matched")),
    ];
    check_reasons(&Bearer::default(), &rows).await;
    check_reasons(&Session::Token("s".to_owned()).into(), &rows).await;
}

#[wasm_bindgen_test]
async fn a_proof_counts_only_with_a_session() {
    let with = |proof: Value| json!({ "status": "success", "outcome": "verified", "proof": proof });
    for (proof, expected) in [(json!("a.b.c"), Some("a.b.c")), (json!({ "a": 1 }), None), (json!(null), None)] {
        let fault = Fault::status(200, &with(proof).to_string()).await;
        let session = Session::Token("s".to_owned()).into();
        assert_eq!(judge_for(&fault, &session).await.unwrap().proof.as_string().as_deref(), expected);
    }
    let fault = Fault::status(200, &with(json!("a.b.c")).to_string()).await;
    assert!(judge(&fault).await.unwrap().proof.is_null(), "without a session, the answer is the vendor's own");
}

#[wasm_bindgen_test]
async fn the_outcome_of_a_relay_counts_only_with_a_session() {
    let verified = json!({ "status": "success", "outcome": "verified" });
    let with = |reason: &str| json!({ "status": "failed", "outcome": "rejected", "reason": reason });
    let rows = [
        (verified.clone(), None),
        (with("fraud"), Some("fraud")),
        (with("unclear"), Some("unclear")),
        (with("not-matched"), Some("not-matched")),
        (json!({ "status": "success", "outcome": "rejected" }), Some("not-matched")),
        (json!({ "status": "success", "outcome": true }), Some("unclear")),
        (json!({ "status": "failed", "outcome": "verified" }), Some("not-matched")),
    ];
    check_reasons(&Session::Token("s".to_owned()).into(), &rows).await;
    check_reasons(&Bearer::default(), &[(verified, Some("unclear"))]).await;
}

#[wasm_bindgen_test]
async fn without_an_identifier_the_verdict_request_uses_the_links() {
    let fault = Fault::status(200, r#"{"status":"failed"}"#).await;
    let session = Session::from_js(&"abc".into()).unwrap();
    let verdict = verify(
        &config(&fault, None),
        &session.into(),
        &link(),
        KEY,
        PhotoOrigin::Camera(CameraKind::Front),
        &Abort::for_verify(),
    )
    .await
    .unwrap();
    assert!(!verdict.judgement.is_verified());
    let sent = sent(&fault.request().await);
    assert_eq!((&sent["id"], &sent["source"]), (&json!("93055521xxx"), &json!("camera")));
}

#[wasm_bindgen_test]
fn a_session_is_text_or_a_function() {
    let from = |value: JsValue| Session::from_js(&value);
    for none in [JsValue::UNDEFINED, JsValue::NULL, "".into()] {
        assert_eq!(from(none), Ok(Session::None));
    }
    assert_eq!(from("abc".into()), Ok(Session::Token("abc".to_owned())));
    for bad in [JsValue::from(7), JsValue::TRUE, js_sys::Object::new().into(), "a b".into(), "a\r\nb".into()] {
        assert_eq!(from(bad), Err(SessionError));
    }
    for bad in ["é".to_owned(), "x".repeat(10_000)] {
        assert_eq!(from(bad.into()), Err(SessionError));
    }
    let one = Function::new_no_args("return 'a'");
    assert_eq!(from(one.clone().into()), from(one.clone().into()));
    assert_ne!(from(one.into()), Ok(function("return 'a'")));
    assert!(!format!("{:?}", Session::Token("geheim".to_owned())).contains("geheim"));
}

#[wasm_bindgen_test]
async fn a_function_may_return_a_string_or_a_promise() {
    let rust = Session::Provider(Rc::new(|_| Box::pin(async { Some("s-1".to_owned()) })));
    let page = [
        function("return 's-1'"),
        function("return Promise.resolve('s-1')"),
        function("return { then: (answer) => setTimeout(answer, 5, 's-1') }"),
        rust,
    ];
    for session in page {
        let fault = Fault::status(200, LINK).await;
        ask(&fault, &session).await.unwrap();
        assert_eq!(fault.request().await["headers"]["authorization"], "Bearer s-1");
    }
}

/// A function that returns `s-1-reason`, `s-2-reason` and so on, with the reason for which it is called.
fn counting() -> Bearer {
    let body = "globalThis.asked = (globalThis.asked ?? 0) + 1; return `s-${asked}-${why.reason}`";
    Reflect::set(&js_sys::global(), &"asked".into(), &0.into()).unwrap();
    Session::from_js(&Function::new_with_args("why", body)).unwrap().into()
}

/// The `Authorization` header of each request.
async fn bearers(fault: &Fault) -> Vec<String> {
    let seen = fault.seen().await;
    let requests = seen["requests"].as_array().unwrap();
    requests.iter().map(|request| request["headers"]["authorization"].as_str().unwrap().to_owned()).collect()
}

#[wasm_bindgen_test]
async fn a_session_function_is_called_once_per_attempt() {
    let bearer = counting();
    for _ in 0..2 {
        let fault = Fault::status(200, LINK).await;
        ask_for(&fault, &bearer).await.unwrap();
        assert_eq!(bearers(&fault).await, ["Bearer s-1-start"]);
    }
    // Earlier text must not be mistaken for the function's result.
    let kept = Rc::default();
    let fault = Fault::status(200, LINK).await;
    ask_for(&fault, &Bearer::new(Session::Token("text".to_owned()), Rc::clone(&kept))).await.unwrap();
    let next = Bearer::new(function("return 's-9'"), kept);
    let fault = Fault::status(200, LINK).await;
    ask_for(&fault, &next).await.unwrap();
    assert_eq!(bearers(&fault).await, ["Bearer s-9"]);
}

#[wasm_bindgen_test]
async fn an_expired_session_is_renewed_once_and_the_call_is_repeated() {
    let over =
        json!({ "status": 401, "body": serde_json::to_string(&Problem::new(ProblemCode::SessionExpired)).unwrap() });
    let bearer = counting();
    let fault = Fault::answering(json!([over, { "body": LINK }])).await;
    assert_eq!(ask_for(&fault, &bearer).await.unwrap(), link());
    assert_eq!(bearers(&fault).await, ["Bearer s-1-start", "Bearer s-2-expired"]);
    // The next call uses the new session.
    let fault = Fault::status(200, VERIFIED).await;
    judge_for(&fault, &bearer).await.unwrap();
    assert_eq!(bearers(&fault).await, ["Bearer s-2-expired"]);
    // A session that is always rejected is renewed only once.
    let fault = Fault::answering(json!([over])).await;
    assert_eq!(judge_for(&fault, &bearer).await, Err(RelayFailure::Session));
    assert_eq!(bearers(&fault).await, ["Bearer s-2-expired", "Bearer s-3-expired"]);
    // Text can't be renewed.
    let fault = Fault::answering(json!([over, { "body": LINK }])).await;
    assert_eq!(ask(&fault, &Session::Token("s".to_owned())).await, Err(RelayFailure::Session));
    assert_eq!(bearers(&fault).await, ["Bearer s"]);
}

#[wasm_bindgen_test]
async fn a_verdict_request_sends_its_key_only_with_a_session() {
    let bearer = Session::Token("s".to_owned()).into();
    let fault = Fault::status(200, VERIFIED).await;
    judge_for(&fault, &bearer).await.unwrap();
    assert_eq!(fault.request().await["headers"]["idempotency-key"], KEY);
    let fault = Fault::status(200, LINK).await;
    ask_for(&fault, &bearer).await.unwrap();
    assert!(fault.request().await["headers"].get("idempotency-key").is_none());
    let fault = Fault::status(200, VERIFIED).await;
    judge(&fault).await.unwrap();
    assert!(fault.request().await["headers"].get("idempotency-key").is_none());
    assert_eq!(fault.seen().await["preflights"], json!(["content-type"]));
}

#[wasm_bindgen_test]
async fn a_failing_session_function_is_a_matter_of_the_network_and_sends_nothing() {
    for body in [
        "throw new Error('no')",
        "throw 'no'",
        "return Promise.reject(new TypeError('Failed to fetch'))",
        "return Promise.reject(undefined)",
        "return Promise.reject(Object.assign(new Error('no'), { status: 503 }))",
    ] {
        let fault = Fault::status(200, LINK).await;
        assert_eq!(ask(&fault, &function(body)).await, Err(RelayFailure::SessionUnavailable), "{body}");
        assert_eq!(fault.seen().await["requests"], json!([]));
    }
}

#[wasm_bindgen_test]
async fn a_session_that_is_refused_or_unusable_is_a_session_failure_and_sends_nothing() {
    let page = [
        function("throw Object.assign(new Error('no'), { status: 403 })"),
        function("return Promise.reject({ status: 401 })"),
        function("return undefined"),
        function("return 7"),
        function("return ''"),
        function("return 'a\\nX-Other: b'"),
        function("return Promise.resolve({})"),
        Session::Provider(Rc::new(|_| Box::pin(async { None }))),
        Session::Token("not\nfor a header".to_owned()),
    ];
    for session in page {
        let fault = Fault::status(200, LINK).await;
        assert_eq!(ask(&fault, &session).await, Err(RelayFailure::Session));
        assert_eq!(fault.seen().await["requests"], json!([]));
    }
}

#[wasm_bindgen_test]
async fn a_session_function_that_never_answers_times_out() {
    let never = function("return new Promise(() => {})");
    assert_eq!(
        never.token_within(Reason::Start, Duration::from_millis(30)).await,
        Err(RelayFailure::SessionUnavailable)
    );
    let slow = function("return new Promise((answer) => setTimeout(answer, 20, 's-1'))");
    assert_eq!(slow.token_within(Reason::Start, Duration::from_secs(5)).await, Ok(Some("s-1".to_owned())));
}

#[wasm_bindgen_test]
async fn each_status_maps_to_its_failure() {
    let rows = [
        (401, "", RelayFailure::Session),
        (403, "{}", RelayFailure::Forbidden),
        (403, "<h1>Blocked by your network</h1>", RelayFailure::Unreachable),
        (404, "{}", RelayFailure::Refused),
        (404, "", RelayFailure::Unreachable),
        (408, "", RelayFailure::Timeout),
        (422, "{}", RelayFailure::Refused),
        (429, "", RelayFailure::Busy { retry_after: None }),
        (500, "{}", RelayFailure::Failed),
        (500, "<h1>Oh</h1>", RelayFailure::Unreachable),
        (502, "", RelayFailure::Unreachable),
        (503, "", RelayFailure::Busy { retry_after: None }),
        (504, "", RelayFailure::Timeout),
    ];
    for (status, body, wanted) in rows {
        let fault = Fault::status(status, body).await;
        assert_eq!(ask(&fault, &function("return 's'")).await, Err(wanted), "{status}");
    }
    let problem = serde_json::to_string(&Problem::new(ProblemCode::UnknownCustomer)).unwrap();
    let fault = Fault::status(404, &problem).await;
    assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::UnknownCustomer));
    let fault = Fault::status(401, "").await;
    assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::Refused));
}

#[wasm_bindgen_test]
async fn a_verdict_request_is_busy_only_if_nothing_was_done() {
    let fault = Fault::status(503, "").await;
    assert_eq!(judge(&fault).await, Err(RelayFailure::Failed));
    let problem = serde_json::to_string(&Problem::new(ProblemCode::Overloaded)).unwrap();
    let fault = Fault::answering(json!([{ "status": 503, "body": problem, "headers": { "retry-after": "7" } }])).await;
    assert_eq!(judge(&fault).await, Err(RelayFailure::Busy { retry_after: Some(Duration::from_secs(7)) }));
}

#[wasm_bindgen_test]
async fn retry_after_may_be_a_date() {
    let soon = js_sys::Date::new(&(js_sys::Date::now() + 20_000.0).into()).to_utc_string();
    let headers = json!({ "retry-after": String::from(soon) });
    let fault = Fault::answering(json!([{ "status": 429, "headers": headers }])).await;
    let Err(RelayFailure::Busy { retry_after: Some(wait) }) = ask(&fault, &Session::None).await else {
        panic!("not busy");
    };
    assert!((15..=20).contains(&wait.as_secs()), "{wait:?}");
}

#[wasm_bindgen_test]
async fn an_answer_of_another_shape_is_invalid() {
    for body in ["{}", r#"{"signed_link":7}"#] {
        let fault = Fault::status(200, body).await;
        assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::Reply), "{body}");
    }
    for body in ["", "<!doctype html><p>Sign in</p>", "null", "[]", "\"success\"", "{\"identifier\":"] {
        let fault = Fault::status(200, body).await;
        assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::Unreachable), "{body}");
        assert_eq!(judge(&fault).await, Err(RelayFailure::Unreachable), "{body}");
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_too_long_is_invalid() {
    let long = LONGEST_ANSWER + 1;
    for headers in [json!({}), json!({ "content-length": long.to_string() })] {
        let fault = Fault::answering(json!([{ "body": " ", "repeat": long, "headers": headers }])).await;
        assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::Reply), "{headers}");
    }
}

#[wasm_bindgen_test]
async fn no_answer_is_unreachable() {
    let programs = [
        json!({ "answers": [{ "cut": 0 }] }),
        json!({ "answers": [{ "body": LINK, "short": true }] }),
        json!({ "answers": [{ "body": LINK, "cors": false }] }),
        json!({ "answers": [{ "body": LINK }], "allow": "authorization" }),
        json!({ "answers": [{ "status": 307, "headers": { "location": "/elsewhere" } }] }),
    ];
    for program in programs {
        let fault = Fault::programmed(program.clone()).await;
        assert_eq!(ask(&fault, &Session::None).await, Err(RelayFailure::Unreachable), "{program}");
        assert_eq!(judge(&fault).await, Err(RelayFailure::Unreachable), "{program}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_takes_too_long_is_aborted() {
    for answer in [json!({ "hang": true }), json!({ "trickle": true })] {
        let fault = Fault::answering(json!([answer])).await;
        let abort = Abort::after(Duration::from_millis(300));
        let reply = request_link(&config(&fault, Some("1")), Text::english(), &Bearer::default(), &abort).await;
        assert_eq!(reply, Err(RelayFailure::Timeout));
        fault.aborted().await;
    }
}

#[wasm_bindgen_test]
async fn dropping_the_handle_aborts_the_call() {
    let fault = Rc::new(Fault::answering(json!([{ "hang": true }])).await);
    let abort = Abort::for_verify();
    let reply = verify(
        &config(&fault, Some("1")),
        &Bearer::default(),
        &link(),
        KEY,
        PhotoOrigin::Camera(CameraKind::Front),
        &abort,
    );
    let watched = Rc::clone(&fault);
    spawn_local(async move {
        watched.arrived().await;
        drop(abort);
    });
    assert_eq!(reply.await, Err(RelayFailure::Unreachable));
    fault.aborted().await;
}

#[wasm_bindgen_test]
async fn aborting_before_the_session_is_known_sends_nothing() {
    let fault = Fault::status(200, LINK).await;
    let abort = Abort::for_link();
    let session = function("return new Promise((answer) => setTimeout(answer, 50, 's'))");
    let reply = request_link(&config(&fault, None), Text::english(), &session.into(), &abort);
    drop(abort);
    assert_eq!(reply.await, Err(RelayFailure::Unreachable));
    assert_eq!(fault.seen().await["requests"], json!([]));
}

#[wasm_bindgen_test]
async fn a_wrapped_fetch_never_causes_a_panic() {
    let fault = Fault::status(200, LINK).await;
    let config = config(&fault, None);
    let global = js_sys::global();
    let kept = Reflect::get(&global, &"fetch".into()).unwrap();
    for wrapped in ["throw 7", "return Promise.reject('no')", "return Promise.reject()", "return 'text'"] {
        Reflect::set(&global, &"fetch".into(), &Function::new_no_args(wrapped)).unwrap();
        let reply = request_link(&config, Text::english(), &Bearer::default(), &Abort::for_link()).await;
        let wanted = if wrapped == "return 'text'" { RelayFailure::Reply } else { RelayFailure::Unreachable };
        assert_eq!(reply, Err(wanted), "{wrapped}");
    }
    Reflect::set(&global, &"fetch".into(), &kept).unwrap();
}
