//! What the page says about its photo, as the back end learns it.

use akiba_protocol::ProblemCode;
use serde_json::{Value, json};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::{Vendor, problem, success};

on_both!(the_back_end_learns_what_the_page_says_about_the_photo, the_last_webhook_says_it_too);

async fn the_back_end_learns_what_the_page_says_about_the_photo(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let rows = [
        (json!({ "source": "camera", "camera": "virtual" }), json!({ "source": "camera", "camera": "virtual" })),
        (json!({ "source": "camera", "camera": "front" }), json!({ "source": "camera", "camera": "front" })),
        (json!({ "source": "file" }), json!({ "source": "file" })),
        (json!({ "source": "camera", "camera": "holographic" }), json!({ "source": "camera", "camera": "unknown" })),
        (json!({ "source": "thin-air" }), Value::Null),
        (json!({ "source": null, "camera": null }), Value::Null),
        (json!({}), Value::Null),
    ];
    for (said, learned) in rows {
        let (page, _) = bank.linked().await;
        success(bank.verify(&page, &said)).await;
        assert_eq!(bank.report(&page).await["verdict"]["capture"], learned, "{said}");
        bank.deliver_all().await;
        let arrived = receiver.arrived();
        let webhook = arrived.iter().find(|webhook| webhook.session() == page.id).unwrap();
        assert_eq!(webhook.body["data"]["capture"], learned, "{said}");
        // A second call changes nothing: there is one verdict.
        success(bank.verify(&page, &json!({ "camera": "back" }))).await;
        assert_eq!(bank.report(&page).await["verdict"]["capture"], learned, "{said}");
    }
    let asked = vendor.verdict_calls().len();
    let (page, _) = bank.linked().await;
    for wrong in ["", "OBS Virtual Camera of Jane", "Front", &"a".repeat(33)] {
        for member in ["source", "camera"] {
            problem(bank.verify(&page, &json!({ member: wrong })), ProblemCode::BadRequest).await;
        }
    }
    problem(bank.verify(&page, &json!({ "camera": 1 })), ProblemCode::BadRequest).await;
    assert_eq!(vendor.verdict_calls().len(), asked, "the vendor is asked for nothing that the relay refuses");
    assert!(vendor.verdict_calls().iter().all(|call| call.body.get("camera").is_none()), "the vendor gets it");
}

async fn the_last_webhook_says_it_too(database: &Database) {
    let vendor = Vendor::rejecting().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let (page, _) = bank.linked().await;
    success(bank.verify(&page, &json!({ "source": "camera", "camera": "external" }))).await;
    bank.clock.put_forward(3_600_000);
    bank.sessions.sweep().await.unwrap();
    bank.deliver_all().await;
    let told: Vec<_> = receiver
        .arrived()
        .iter()
        .map(|webhook| (webhook.event().to_owned(), webhook.body["data"]["capture"]["camera"].clone()))
        .collect();
    assert_eq!(told, ["session.rejected", "session.closed"].map(|event| (event.to_owned(), json!("external"))));
}
