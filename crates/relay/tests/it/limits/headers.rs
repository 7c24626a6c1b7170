//! The `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).

use akiba_protocol::ProblemCode;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::{Vendor, problem_and_headers, with_link_vendor};

/// Returns policy and limit of an answer, each with its name and its two numbers.
fn limits(response: &Response) -> Option<[(String, u64, u64); 2]> {
    let parse = |header: &str, [first, second]: [&str; 2]| {
        let text = response.headers().get(header)?.to_str().unwrap();
        let parts: Vec<_> = text.split(';').collect();
        let [name, one, two] = parts[..] else { panic!("{header}: {text}") };
        let number = |part: &str, key: &str| part.strip_prefix(key).unwrap().parse().unwrap();
        Some((name.to_owned(), number(one, first), number(two, second)))
    };
    parse("ratelimit-policy", ["q=", "w="]).zip(parse("ratelimit", ["r=", "t="])).map(Into::into)
}

#[tokio::test(flavor = "multi_thread")]
async fn limited_answers_say_what_is_left() {
    let database = Database::sqlite();
    let vendor = Vendor::verifying().await;
    let flags =
        ["--rate-session=60/h:3", "--rate-api-key=100/m", "--rate-address=5/s", "--allow-origin=https://bank.example"];
    let bank = Bank::open(&database, &vendor.base, &flags).await;
    let page = bank.page().await;
    let link = || bank.link(&page, &json!({})).header("origin", "https://bank.example");
    for left in [2, 1, 0] {
        let response = link().send().await.unwrap();
        let [policy, limit] = limits(&response).unwrap();
        // A budget of three fills up in three minutes.
        assert_eq!(policy, ("\"session\"".to_owned(), 3, 180));
        assert_eq!((limit.0.as_str(), limit.1), ("\"session\"", left));
        assert!(limit.2 <= (3 - left) * 60 && limit.2 > (2 - left) * 60, "{limit:?}");
        let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
        assert!(exposed.contains("ratelimit,") && exposed.contains("ratelimit-policy"), "{exposed}");
    }
    let (_, headers) = problem_and_headers(link(), ProblemCode::TooManyRequests).await;
    let wait = headers["retry-after"].to_str().unwrap();
    assert_eq!(headers["ratelimit"], format!("\"session\";r=0;t={wait}"));

    for (request, name, quota, window) in [
        (bank.verify(&page, &json!({})), "\"session-verdicts\"", 3, 180),
        (bank.host(Method::GET, &page.path()), "\"api-key\"", 100, 60),
        // A call that is refused, and one of an unknown path.
        (bank.relay.post("/v1/customer", &json!({})), "\"address\"", 5, 1),
        (bank.relay.request(Method::GET, "/nothing"), "\"address\"", 5, 1),
    ] {
        let [policy, _] = limits(&request.send().await.unwrap()).expect(name);
        assert_eq!(policy, (name.to_owned(), quota, window));
    }
    assert_eq!(limits(&bank.relay.request(Method::GET, "/healthz").send().await.unwrap()), None);
}

#[tokio::test]
async fn an_answer_without_a_limit_has_no_headers() {
    let (_vendor, relay) = with_link_vendor(&["--rate-address=off"]).await;
    assert_eq!(limits(&relay.link().send().await.unwrap()), None);
}
