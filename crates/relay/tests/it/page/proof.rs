//! Proofs of verdicts: what they say, who checks them with which key, and what a page can't do with them. The tests of
//! `examples/backend` make the attacks against real JWT libraries.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::support::bank::{Bank, Page, REFERENCE};
use crate::support::database::{Database, Keys, on_both};
use crate::support::receiver::Receiver;
use crate::support::{FULL_NAME, IDENTIFIER, Vendor, problem, run_log, success, verify_reply};

on_both!(
    a_proof_says_who_was_judged_how_and_for_whom,
    without_proof_keys_nothing_changes,
    a_verdict_has_one_proof_id_until_it_becomes_final,
    a_rejection_is_not_final_while_a_link_is_unused,
    the_proof_of_a_rejection_says_so,
    proofs_stay_valid_during_a_key_rotation,
    a_webhook_brings_a_proof_that_is_new_at_each_delivery,
    the_vendor_cannot_send_a_proof,
);

/// The keys of the database, and a new proof key.
fn with_proof_key(database: &Database) -> Keys {
    let key = akiba_relay::secrets::proof_keys::new_key().unwrap();
    run_log::secret(&key);
    Keys { proof: Some(key), ..database.keys.copy() }
}

async fn published(bank: &Bank) -> Vec<Value> {
    let answer = bank.relay.request(Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=60");
    let set: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    set["keys"].as_array().unwrap().clone()
}

fn decode(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// Returns the claims of a proof if one of the keys has signed it, as a JWT library does.
fn claims(proof: &Value, keys: &[Value]) -> Option<Value> {
    let (signed, signature) = proof.as_str().unwrap().rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("akiba-verdict+jwt")));
    assert_eq!(header.as_object().unwrap().len(), 3);
    let key = keys.iter().find(|key| key["kid"] == header["kid"])?;
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
    let key = UnparsedPublicKey::new(&ED25519, decode(key["x"].as_str().unwrap()));
    key.verify(signed.as_bytes(), &decode(signature)).unwrap();
    Some(serde_json::from_slice(&decode(payload)).unwrap())
}

/// Asks for the verdict, and returns the claims of its proof.
async fn proven(bank: &Bank, page: &Page, body: &Value) -> Value {
    let reply = success(bank.verify(page, body)).await;
    claims(&reply["proof"], &published(bank).await).expect("a published key")
}

async fn a_proof_says_who_was_judged_how_and_for_whom(database: &Database) {
    let vendor = Vendor::verifying().await;
    let flags = ["--proof-issuer=https://relay.bank.example"];
    let bank = Bank::with_keys(database, &with_proof_key(database), &vendor.base, &flags).await;
    let (page, _) = bank.linked().await;
    let reply = success(bank.verify(&page, &json!({}))).await;
    let claims = claims(&reply["proof"], &published(&bank).await).unwrap();
    let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    assert!((bank.clock.now() / 1_000 - iat).abs() < 30 && exp == iat + 300, "{claims}");
    let expected = json!({
        "iss": "https://relay.bank.example", "aud": "bank", "sub": page.id, "jti": claims["jti"], "reference": REFERENCE,
        "outcome": "verified", "final": true, "iat": iat, "exp": exp,
    });
    assert_eq!(claims, expected);
    assert!(claims["jti"].as_str().unwrap().starts_with("ver_"));
    for personal in [IDENTIFIER, FULL_NAME] {
        assert!(!claims.to_string().contains(personal));
    }
    // Another key of the same relay is another audience, and another session another subject.
    let (api, api_setting) = akiba_relay::secrets::api_keys::new_key("other").unwrap();
    let proof = akiba_relay::secrets::proof_keys::new_key();
    let other = Keys { api, api_setting, proof, ..database.keys.copy() };
    let other = Bank::with_keys(database, &other, &vendor.base, &[]).await;
    let (page, _) = other.linked().await;
    let theirs = proven(&other, &page, &json!({})).await;
    assert_eq!(
        (&theirs["iss"], &theirs["aud"], &theirs["sub"]),
        (&json!("akiba-relay"), &json!("other"), &json!(page.id))
    );
    assert_ne!(theirs["jti"], claims["jti"]);
}

async fn without_proof_keys_nothing_changes(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 204).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let (page, _) = bank.linked().await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["proof"], Value::Null);
    problem(bank.relay.request(Method::GET, "/.well-known/jwks.json"), ProblemCode::NotFound).await;
    bank.deliver_all().await;
    assert_eq!(receiver.arrived()[0].body["data"]["proof"], Value::Null);
}

async fn a_verdict_has_one_proof_id_until_it_becomes_final(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::with_keys(database, &with_proof_key(database), &vendor.base, &["--max-verifies=2"]).await;
    let (page, first_link) = bank.linked().await;
    let first = proven(&bank, &page, &json!({})).await;
    bank.clock.put_forward(60_000);
    let again = proven(&bank, &page, &json!({})).await;
    assert_eq!((&again["jti"], &again["final"]), (&first["jti"], &json!(false)));
    assert_eq!(again["iat"].as_i64().unwrap() / 60, first["iat"].as_i64().unwrap() / 60 + 1, "its times are new");
    let link = success(bank.link(&page, &json!({}))).await;
    let last = proven(&bank, &page, &json!({})).await;
    assert_eq!((&last["final"], &last["outcome"]), (&json!(true), &json!("rejected")));
    assert_ne!(last["jti"], first["jti"]);
    assert_eq!(proven(&bank, &page, &json!({ "s3_key": link["s3_key"] })).await["jti"], last["jti"]);
    // The page reads the last verdict again, for example after a reload.
    let read = success(bank.relay.request(Method::GET, "/v1/customer/verify").bearer_auth(&page.token)).await;
    assert_eq!(claims(&read["proof"], &published(&bank).await).unwrap()["jti"], last["jti"]);
    // The verdict on the first photo has not become the last one.
    let first_again = proven(&bank, &page, &json!({ "s3_key": first_link["s3_key"] })).await;
    assert_eq!((&first_again["jti"], &first_again["final"]), (&first["jti"], &json!(false)));

    // The same verdict becomes final at the end of its session, and gets another id.
    let (page, _) = bank.linked().await;
    let open = proven(&bank, &page, &json!({})).await;
    bank.clock.put_forward(16 * 60_000);
    let read = success(bank.verdict(&page)).await;
    let ended = claims(&read["proof"], &published(&bank).await).unwrap();
    assert_eq!((&open["final"], &ended["final"]), (&json!(false), &json!(true)));
    assert_eq!(ended["jti"], format!("{}-final", open["jti"].as_str().unwrap()));
}

async fn a_rejection_is_not_final_while_a_link_is_unused(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let bank = Bank::with_keys(database, &with_proof_key(database), &vendor.base, &["--max-links=2"]).await;
    let (page, link) = bank.linked().await;
    let first = json!({ "s3_key": link["s3_key"] });
    assert_eq!(proven(&bank, &page, &first).await["final"], json!(false));
    success(bank.link(&page, &json!({}))).await;
    assert_eq!(proven(&bank, &page, &first).await["final"], json!(false));
}

async fn the_proof_of_a_rejection_says_so(database: &Database) {
    let rows = [
        (json!({ "status": "failed" }), "not-matched", false),
        (json!({ "status": "success", "data": { "identity": { "fraud_detected": "High" } } }), "fraud", true),
        (json!({ "status": "success", "data": { "identity": { "fraud_detected": ["Low"] } } }), "unclear", false),
    ];
    for (answer, reason, is_final) in rows {
        let vendor = Vendor::judging(move |_| answer.clone(), Duration::ZERO).await;
        let bank = Bank::with_keys(database, &with_proof_key(database), &vendor.base, &[]).await;
        let (page, _) = bank.linked().await;
        let claims = proven(&bank, &page, &json!({})).await;
        let said = (&claims["outcome"], &claims["reason"], &claims["final"]);
        assert_eq!(said, (&json!("rejected"), &json!(reason), &json!(is_final)));
    }
}

async fn proofs_stay_valid_during_a_key_rotation(database: &Database) {
    let vendor = Vendor::verifying().await;
    let keys = with_proof_key(database);
    let (old, new) = (keys.proof.clone().unwrap(), akiba_relay::secrets::proof_keys::new_key().unwrap());
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[]).await;
    let (page, _) = bank.linked().await;
    let before = success(bank.verify(&page, &json!({}))).await["proof"].clone();
    for (text, knows_old, knows_new) in
        [(format!("{old} {new}"), true, true), (format!("{new} {old}"), true, true), (new, false, true)]
    {
        let signs_with_new = !text.starts_with(&old);
        let bank = Bank::with_keys(database, &Keys { proof: Some(text), ..keys.copy() }, &vendor.base, &[]).await;
        let published = published(&bank).await;
        assert_eq!(published.len(), usize::from(knows_old) + usize::from(knows_new));
        assert_eq!(claims(&before, &published).is_some(), knows_old);
        let after = success(bank.verify(&page, &json!({}))).await["proof"].clone();
        assert!(claims(&after, &published).is_some());
        let header = |proof: &Value| proof.as_str().unwrap().split_once('.').unwrap().0.to_owned();
        assert_eq!(header(&after) != header(&before), signs_with_new);
    }
}

async fn a_webhook_brings_a_proof_that_is_new_at_each_delivery(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, before| [500, 200][before]).await;
    let url = format!("--webhook-url={}", receiver.url);
    let keys = with_proof_key(database);
    let bank = Bank::with_keys(database, &keys, &vendor.base, &[&url]).await;
    let (page, _) = bank.linked().await;
    let at_the_page = proven(&bank, &page, &json!({})).await;
    assert_eq!(bank.deliver().await, 1);
    bank.clock.put_forward(600_000);
    assert_eq!(bank.deliver().await, 1);
    let published = published(&bank).await;
    let arrived = receiver.arrived();
    let sent: Vec<_> = arrived.iter().map(|it| claims(&it.body["data"]["proof"], &published).unwrap()).collect();
    for claims in &sent {
        assert_eq!((&claims["jti"], &claims["sub"]), (&at_the_page["jti"], &json!(page.id)), "the same verdict");
    }
    assert!(sent[1]["iat"].as_i64() > sent[0]["exp"].as_i64(), "the first proof has expired: {sent:?}");
    // Keys that were removed in the meantime: the webhook arrives without a proof.
    let (second, _) = bank.linked().await;
    success(bank.verify(&second, &json!({}))).await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let url = format!("--webhook-url={}", receiver.url);
    let without = Bank::open(database, &vendor.base, &[&url]).await;
    without.clock.put_forward(600_000);
    without.deliver_all().await;
    assert_eq!(receiver.arrived()[0].body["data"]["proof"], Value::Null);
}

async fn the_vendor_cannot_send_a_proof(database: &Database) {
    let vendor = Vendor::judging(
        |_| {
            let mut reply = verify_reply();
            reply["proof"] = json!("the vendor's");
            reply
        },
        Duration::ZERO,
    )
    .await;
    let bank = Bank::open(database, &vendor.base, &["--page-reply=full", "--keep=full"]).await;
    let (page, _) = bank.linked().await;
    assert_eq!(success(bank.verify(&page, &json!({}))).await["proof"], Value::Null);
}
