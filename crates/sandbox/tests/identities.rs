//! Every test identity from the link to its outcome, and the table in the documentation.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that can't go on fails")]

mod support;

use std::time::{Duration, Instant};

use akiba_protocol::s3::{Sent, classify};
use akiba_protocol::{Outcome, Reason, UploadFailure, Verdict};
use akiba_sandbox::Scenario;
use akiba_sandbox::identities::TABLE;
use akiba_sandbox::selfie::Flaw;
use serde_json::json;
use support::{ANYBODY, World, jpeg, s3_error, verify_body, world};

fn id(scenario: Scenario) -> &'static str {
    TABLE.iter().find(|row| row.scenario == scenario).unwrap().id
}

async fn upload(world: &World, link: &str) -> Result<(), UploadFailure> {
    let response = world.put(link, jpeg()).await;
    classify(response.status().as_u16(), &response.text().await.unwrap(), Sent::default())
}

/// Link, upload and verify without a fault.
async fn verify_portrait(world: &World, identifier: &str) -> Verdict {
    let link = world.link(identifier).await;
    assert_eq!(upload(world, &link.signed_link).await, Ok(()));
    world.verdict(&link).await
}

/// The status and body length of a link call.
async fn link_status(world: &World, scenario: Scenario) -> (u16, usize) {
    let body = json!({ "identifier": id(scenario), "type": "1" });
    let response = world.call("/v1/customer", &body).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().len())
}

#[tokio::test]
async fn the_verified_identity_and_other_identifiers_are_verified() {
    let world = world().await;
    for identifier in [id(Scenario::Verified), ANYBODY, "2012/123456/07"] {
        let verdict = verify_portrait(&world, identifier).await;
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::Verified, None));
        assert_eq!(verdict.identity().unwrap().id_number.as_deref(), Some(identifier));
    }
}

/// Changed copies of the portrait with the flaw of each.
fn flawed() -> [(image::RgbImage, Flaw); 3] {
    let portrait = image::load_from_memory(&jpeg()).unwrap().into_rgb8();
    let (width, height) = portrait.dimensions();
    let of = |x, y| *portrait.get_pixel(x, y);
    [
        (image::RgbImage::from_fn(width, height, |x, y| of(x / 4, y / 4)), Flaw::NoFace),
        (image::RgbImage::from_fn(480, 360, |x, y| of(104 + x % 240, y)), Flaw::SeveralFaces),
        (image::RgbImage::from_fn(width, height, |x, y| image::Rgb(of(x, y).0.map(|value| value / 12))), Flaw::Dark),
    ]
}

async fn verify_picture(world: &World, identifier: &str, picture: &image::RgbImage) -> Verdict {
    let mut object = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut object), image::ImageFormat::Jpeg).unwrap();
    let link = world.link(identifier).await;
    assert_eq!(world.put(&link.signed_link, object).await.status(), 200);
    world.verdict(&link).await
}

#[tokio::test]
async fn the_photo_decides_for_other_identifiers() {
    let world = world().await;
    for (picture, flaw) in flawed() {
        let verdict = verify_picture(&world, ANYBODY, &picture).await;
        assert_eq!((verdict.outcome, verdict.identity()), (Outcome::Rejected, None), "{flaw:?}");
        assert_eq!(verdict.reply.message.as_deref(), Some(flaw.message()));
    }
}

#[tokio::test]
async fn an_identity_forces_its_outcome_whatever_the_photo_shows() {
    let world = world().await;
    let [(nobody, _), ..] = flawed();
    assert!(verify_picture(&world, id(Scenario::Verified), &nobody).await.is_verified());
    for flaw in [Flaw::NoFace, Flaw::SeveralFaces, Flaw::Dark] {
        let verdict = verify_portrait(&world, id(Scenario::Flawed(flaw))).await;
        assert_eq!((verdict.outcome, verdict.identity()), (Outcome::Rejected, None));
        assert_eq!(verdict.reply.message.as_deref(), Some(flaw.message()));
    }
}

#[tokio::test]
async fn companies_are_verified_as_companies() {
    let world = world().await;
    let body = json!({ "identifier": "2012/123456/07", "type": "2" });
    let reply = world.call("/v1/customer", &body).send().await.unwrap().bytes().await.unwrap();
    let link: akiba_protocol::LinkReply = serde_json::from_slice(&reply).unwrap();
    assert_eq!(upload(&world, &link.signed_link).await, Ok(()));
    let mut body = verify_body(&link);
    body["user_type"] = json!("2");
    let reply = world.call("/v1/customer/verify", &body).send().await.unwrap().bytes().await.unwrap();
    let verdict = Verdict::parse(&reply).unwrap();
    assert!(verdict.is_verified());
    assert!(verdict.identity().unwrap().fullname.as_deref().unwrap().ends_with("(PTY) LTD"));
    assert_eq!(verdict.identity().unwrap().dob, None);
}

#[tokio::test]
async fn each_rejection_has_its_reason() {
    let world = world().await;
    let verdict = verify_portrait(&world, id(Scenario::NotMatched)).await;
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::Rejected, Some(Reason::NotMatched)));
    let verdict = verify_portrait(&world, id(Scenario::HighFraud)).await;
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::Rejected, Some(Reason::Fraud)));
    assert_eq!(verdict.identity().unwrap().fraud_score.unwrap().value(), 0.92);
    let verdict = verify_portrait(&world, id(Scenario::UnclearFraud)).await;
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::Rejected, Some(Reason::Unclear)));
}

#[tokio::test]
async fn the_link_call_or_the_verify_call_is_down() {
    let world = world().await;
    assert_eq!(link_status(&world, Scenario::LinkDown).await.0, 503);
    assert_eq!(link_status(&world, Scenario::UnknownCustomer).await.0, 404);
    assert_eq!(link_status(&world, Scenario::TokenRefused).await, (401, 0));
    let link = world.link(id(Scenario::VerifyDown)).await;
    assert_eq!(upload(&world, &link.signed_link).await, Ok(()));
    for _ in 0..2 {
        assert_eq!(world.verify(&link).send().await.unwrap().status(), 500);
    }
}

#[tokio::test]
async fn the_slow_identity_delays_both_calls() {
    let world = world().await;
    let late = Duration::from_millis(700);
    let start = Instant::now();
    let link = world.link(id(Scenario::Slow)).await;
    assert!(start.elapsed() >= late);
    assert_eq!(upload(&world, &link.signed_link).await, Ok(()));
    let start = Instant::now();
    assert!(world.verdict(&link).await.is_verified());
    assert!(start.elapsed() >= late);
}

#[tokio::test]
async fn the_first_link_of_each_verification_has_expired_and_the_second_works() {
    let world = world().await;
    let identifier = id(Scenario::ExpiredOnce);
    for _ in 0..2 {
        let dead = world.link(identifier).await;
        let (status, code, text) = s3_error(world.put(&dead.signed_link, jpeg()).await).await;
        assert_eq!((status, code.as_str()), (403, "AccessDenied"));
        assert!(text.contains("Request has expired"), "{text}");
        assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::Expired));
        assert!(verify_portrait(&world, identifier).await.is_verified());
    }
}

#[tokio::test]
async fn every_link_of_the_always_expired_identity_has_expired() {
    let world = world().await;
    for _ in 0..3 {
        let link = world.link(id(Scenario::ExpiredAlways)).await;
        assert_eq!(upload(&world, &link.signed_link).await, Err(UploadFailure::Expired));
    }
}

#[tokio::test]
async fn busy_storage_accepts_the_third_upload() {
    let world = world().await;
    let link = world.link(id(Scenario::BusyStorage)).await;
    for _ in 0..2 {
        let (status, code, text) = s3_error(world.put(&link.signed_link, jpeg()).await).await;
        assert_eq!((status, code.as_str()), (503, "SlowDown"));
        assert_eq!(classify(status, &text, Sent::default()), Err(UploadFailure::Busy));
    }
    assert_eq!(upload(&world, &link.signed_link).await, Ok(()));
    assert!(world.verdict(&link).await.is_verified());
}

#[test]
fn the_identities_are_impossible_and_distinct() {
    for (index, row) in TABLE.iter().enumerate() {
        assert_eq!(row.id.len(), 13);
        assert!(row.id.starts_with("0000"), "a date of birth of year 00, month 00");
        assert_eq!(Scenario::of(row.id), row.scenario);
        for other in &TABLE[..index] {
            assert!(other.id != row.id && other.name != row.name && other.scenario != row.scenario);
        }
    }
    assert_eq!(Scenario::of(ANYBODY), Scenario::Photo);
}

#[test]
fn the_documentation_contains_this_table() {
    let page = include_str!("../../../docs/sandbox.md");
    let documented: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `0"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let rows: Vec<Vec<String>> = TABLE
        .iter()
        .map(|row| vec![format!("`{}`", row.id), row.name.to_owned(), row.what_happens.to_owned()])
        .collect();
    assert_eq!(documented, rows);
}
