//! Every type survives a round trip through JSON, and fields that a vendor adds are kept.

#![allow(clippy::expect_used, reason = "helpers of tests may panic too")]

use std::collections::BTreeMap;

use akiba_protocol::link::link_members;
use akiba_protocol::verify::verify_members;
use akiba_protocol::{
    CustomerType, Identity, LinkReply, LinkRequest, PhotoId, Problem, ProblemCode, Score, VerifyData, VerifyReply,
    VerifyRequest,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// JSON without fractions, which `Score` and the JSON library are tested for.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// Fields that no type knows: no known field starts with `x-`.
fn extra() -> impl Strategy<Value = Map<String, Value>> {
    btree_map("x-.{0,8}", json_value(), 0..3).prop_map(Map::from_iter)
}

fn customer_type() -> impl Strategy<Value = CustomerType> {
    select(vec![CustomerType::Individual, CustomerType::Business])
}

fn score() -> impl Strategy<Value = Score> {
    (0..=10_000_u32).prop_map(|parts| Score::new(f64::from(parts) / 10_000.0).expect("finite"))
}

prop_compose! {
    fn link_request()(
        identifier in any::<String>(), customer_type in customer_type(), selfie_filename in of(any::<String>()),
    ) -> LinkRequest {
        LinkRequest { identifier, customer_type, selfie_filename }
    }
}

prop_compose! {
    fn link_reply()(
        identifier in any::<String>(), signed_link in any::<String>(), s3_key in any::<String>(),
        selfie_filename in any::<String>(), customer_id in of(any::<String>()), fields in of(extra()), headers in extra(),
        extra in extra(),
    ) -> LinkReply {
        LinkReply { identifier, signed_link, s3_key, selfie_filename, customer_id, fields, headers, extra }
    }
}

prop_compose! {
    fn verify_request()(
        selfie_filename in any::<String>(), id in any::<String>(), user_type in customer_type(), s3_key in any::<String>(),
    ) -> VerifyRequest {
        VerifyRequest { selfie_filename, id, user_type, s3_key }
    }
}

prop_compose! {
    fn photo()(photo_id in of(any::<String>()), url in of(any::<String>()), extra in extra()) -> PhotoId {
        PhotoId { photo_id, url, extra }
    }
}

prop_compose! {
    fn identity()(
        texts in vec(of(any::<String>()), 12), photo_id in of(vec(photo(), 0..3)), fraud_score in of(score()),
        facial_recognition_confidence in of(score()), extra in extra(),
    ) -> Identity {
        let mut texts = texts.into_iter().flatten().map(Some).chain(std::iter::repeat(None));
        let mut text = || texts.next().flatten();
        Identity {
            record_id: text(), id_number: text(), firstname: text(), lastname: text(), middlename: text(),
            fullname: text(), dob: text(), gender: text(), marital_status: text(), photo_id, fraud_score,
            fraud_detected: text(), facial_recognition_confidence, created_at: text(), last_updated: text(), extra,
        }
    }
}

prop_compose! {
    fn verify_reply()(
        status in of(any::<String>()), message in of(any::<String>()),
        data in of((of(identity()), extra()).prop_map(|(identity, extra)| VerifyData { identity, extra })),
        extra in extra(),
    ) -> VerifyReply {
        VerifyReply { status, message, data, extra }
    }
}

prop_compose! {
    fn problem()(
        code in select(ProblemCode::ALL.to_vec()), detail in of(any::<String>()), request_id in of(any::<String>()),
    ) -> Problem {
        Problem { detail, request_id, ..Problem::new(code) }
    }
}

fn trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).expect("written")).expect("read")
}

proptest! {
    #[test]
    fn a_link_request_survives(value in link_request()) {
        prop_assert!(trip(&value) == value);
    }

    #[test]
    fn a_link_reply_survives(value in link_reply()) {
        prop_assert!(trip(&value) == value);
    }

    #[test]
    fn a_verify_request_survives(value in verify_request()) {
        prop_assert!(trip(&value) == value);
    }

    #[test]
    fn a_verify_reply_survives(value in verify_reply()) {
        prop_assert!(trip(&value) == value);
    }

    #[test]
    fn a_problem_survives(value in problem()) {
        prop_assert_eq!(trip(&value), value);
    }

    /// The relay reads an answer and writes it again: fields that the vendor added must still be there.
    #[test]
    fn unknown_fields_are_kept(top in extra(), data in extra(), identity in extra(), photo in extra()) {
        let mut raw = json!({ "status": "success", "data": { "identity": { "photo_id": [{ "_id": "5eaf" }] } } });
        let insert = |place: &mut Value, fields: &Map<String, Value>| {
            place.as_object_mut().expect("an object").extend(fields.clone());
        };
        insert(&mut raw, &top);
        insert(&mut raw["data"], &data);
        insert(&mut raw["data"]["identity"], &identity);
        insert(&mut raw["data"]["identity"]["photo_id"][0], &photo);
        let reply: VerifyReply = serde_json::from_str(&raw.to_string()).expect("read");
        prop_assert_eq!(serde_json::to_value(reply).expect("written"), raw);
    }

    #[test]
    fn debug_output_contains_no_value(request in "[a-z]{12}", file in "[a-z]{12}") {
        let link = LinkRequest {
            identifier: request.clone(), customer_type: CustomerType::Individual, selfie_filename: Some(file.clone()),
        };
        let verify = VerifyRequest {
            selfie_filename: file.clone(), id: request.clone(), user_type: CustomerType::Business, s3_key: file.clone(),
        };
        let reply = VerifyReply { status: Some(request.clone()), message: Some(file.clone()), ..VerifyReply::default() };
        let printed = format!("{link:?} {verify:?} {reply:?}");
        prop_assert!(!printed.contains(&request) && !printed.contains(&file), "{}", printed);
    }
}

#[test]
fn the_names_on_the_wire_are_those_of_the_vendor() {
    let link =
        LinkRequest { identifier: "93055521".to_owned(), customer_type: CustomerType::Business, selfie_filename: None };
    assert_eq!(serde_json::to_value(link).expect("written"), json!({ "identifier": "93055521", "type": "2" }));
    let verify = VerifyRequest {
        selfie_filename: "a.jpg".to_owned(),
        id: "93055521".to_owned(),
        user_type: CustomerType::Individual,
        s3_key: "k".to_owned(),
    };
    let wire = json!({ "selfie_filename": "a.jpg", "id": "93055521", "user_type": "1", "s3_key": "k" });
    assert_eq!(serde_json::to_value(&verify).expect("written"), wire);
    assert_eq!(
        json!(
            verify_members("a.jpg", "93055521", CustomerType::Individual, "k").into_iter().collect::<BTreeMap<_, _>>()
        ),
        wire
    );
}

#[test]
fn the_members_of_a_link_request_are_those_of_its_json() {
    for customer_type in [CustomerType::Individual, CustomerType::Business] {
        let link = LinkRequest { identifier: "93055521".to_owned(), customer_type, selfie_filename: None };
        let members = link_members(Some("93055521"), customer_type);
        assert_eq!(
            json!(members.into_iter().collect::<BTreeMap<_, _>>()),
            serde_json::to_value(link).expect("written")
        );
        assert_eq!(link_members(None, customer_type), [("type", customer_type.as_str())]);
    }
}

#[test]
fn the_example_of_the_reference_is_parsed() {
    let raw = json!({ "status": "success", "message": "Identity and Selfie succesfully verified", "data": { "identity": {
        "_id": "5ea1812477c7700382b20edc", "id_number": "12345678989", "firstname": "FRANK", "lastname": "NONO",
        "fullname": "FRANK HLATSWAYO NONO", "dob": "1991-12-12", "gender": "M", "marital_status": "Single",
        "middlename": null, "photo_id": [{ "_id": "5eaffd51f61c0e7bccf68c2d", "url": "LINK TO SELFIE" }],
        "fraud_score": "0.21", "fraud_detected": "Low", "facial_recognition_confidence": "0.95",
        "created_at": "2020-04-23T11:51:00.286Z", "last_updated": "2020-12-21T17:45:25.908Z" } } });
    let reply: VerifyReply = serde_json::from_value(raw).expect("read");
    let identity = reply.data.expect("data").identity.expect("an identity");
    assert_eq!(identity.record_id.as_deref(), Some("5ea1812477c7700382b20edc"));
    assert_eq!(identity.middlename, None);
    assert_eq!(identity.photo_id.expect("photos")[0].url.as_deref(), Some("LINK TO SELFIE"));
    assert_eq!(identity.fraud_score.map(Score::value), Some(0.21));
    assert_eq!(identity.facial_recognition_confidence.map(Score::value), Some(0.95));
    assert!(identity.extra.is_empty() && reply.extra.is_empty());
}
