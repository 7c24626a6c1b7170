//! Which pages can call the relay (CORS).

use akiba_protocol::ProblemCode;
use axum::http::Method;
use reqwest::Response;

use crate::support::{Relay, problem_and_headers, with_link_vendor};

const PAGE: &str = "https://bank.example";
const FLAGS: [&str; 1] = ["--allow-origin=https://bank.example,http://127.0.0.1:8080"];

async fn preflight(relay: &Relay, origin: &str) -> Response {
    let request = relay.request(Method::OPTIONS, "/v1/customer").header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", "content-type,authorization").send().await.unwrap()
}

fn list(response: &Response, name: &str) -> Vec<String> {
    let value = response.headers()[name].to_str().unwrap().to_ascii_lowercase();
    let mut list: Vec<_> = value.split(',').map(|item| item.trim().to_owned()).collect();
    list.sort_unstable();
    list
}

#[tokio::test]
async fn an_allowed_page_can_call_and_read() {
    let (_vendor, relay) = with_link_vendor(&FLAGS).await;
    for page in [PAGE, "http://127.0.0.1:8080"] {
        let response = relay.link().header("origin", page).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["access-control-allow-origin"], page);
        assert!(list(&response, "vary").contains(&"origin".to_owned()));
        let readable = ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"];
        assert_eq!(list(&response, "access-control-expose-headers"), readable);
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn an_allowed_page_can_read_errors() {
    let (_vendor, relay) = with_link_vendor(&FLAGS).await;
    let cases = [
        (relay.request(Method::GET, "/nope"), ProblemCode::NotFound),
        (relay.request(Method::GET, "/v1/customer"), ProblemCode::MethodNotAllowed),
        (relay.request(Method::POST, "/v1/customer"), ProblemCode::UnsupportedMediaType),
    ];
    for (request, code) in cases {
        let (_, headers) = problem_and_headers(request.header("origin", PAGE), code).await;
        assert_eq!(headers["access-control-allow-origin"], PAGE);
    }
}

#[tokio::test]
async fn a_foreign_origin_is_rejected_before_the_vendor_call() {
    let (vendor, relay) = with_link_vendor(&FLAGS).await;
    let foreign = [
        "https://evil.example",
        "https://bank.example.evil.example",
        "https://evilbank.example",
        "https://www.bank.example",
        "http://bank.example",
        "https://bank.example:8443",
        "https://bank.example/",
        "https://BANK.example",
        "https://bank.example,http://127.0.0.1:8080",
        "http://127.0.0.1:80800",
        "null",
        "*",
        "",
    ];
    for origin in foreign {
        let (_, headers) = problem_and_headers(relay.link().header("origin", origin), ProblemCode::Forbidden).await;
        assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{origin}: {headers:?}");
        assert_eq!(headers["vary"], "origin");
        let response = preflight(&relay, origin).await;
        assert_eq!(response.status(), 403, "{origin}");
        assert!(!response.headers().keys().any(|name| name.as_str().starts_with("access-control-")), "{origin}");
    }
    let two = relay.link().header("origin", PAGE).header("origin", "https://evil.example");
    problem_and_headers(two, ProblemCode::Forbidden).await;
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let (vendor, relay) = with_link_vendor(&FLAGS).await;
    let response = preflight(&relay, PAGE).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(list(&response, "access-control-allow-methods"), ["get", "post"]);
    let headers = ["authorization", "baggage", "content-type", "idempotency-key", "sentry-trace", "traceparent"];
    assert_eq!(list(&response, "access-control-allow-headers"), [&headers[..], &["tracestate"]].concat());
    assert_eq!(response.headers()["access-control-max-age"], "3600");
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn a_page_may_send_further_headers_that_are_listed() {
    let flags = [FLAGS[0], "--allow-header=x-datadog-trace-id,X-B3-TraceId"];
    let (vendor, relay) = with_link_vendor(&flags).await;
    let response = preflight(&relay, PAGE).await;
    let allowed = list(&response, "access-control-allow-headers");
    for header in ["content-type", "traceparent", "x-datadog-trace-id", "x-b3-traceid"] {
        assert!(allowed.contains(&header.to_owned()), "{header}: {allowed:?}");
    }
    // The vendor gets none of them.
    let link = relay.link().header("origin", PAGE).header("x-datadog-trace-id", "1").header("traceparent", "2");
    assert_eq!(link.send().await.unwrap().status(), 200);
    let headers = &vendor.seen()[0].headers;
    assert!(!headers.contains_key("x-datadog-trace-id") && !headers.contains_key("traceparent"));
}

#[tokio::test]
async fn an_app_with_its_own_scheme_can_call() {
    let (vendor, relay) = with_link_vendor(&["--allow-origin=capacitor://localhost,ionic://localhost"]).await;
    for app in ["capacitor://localhost", "ionic://localhost"] {
        assert_eq!(preflight(&relay, app).await.headers()["access-control-allow-origin"], app);
        let response = relay.link().header("origin", app).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["access-control-allow-origin"], app);
    }
    for foreign in ["capacitor://localhost:1", "capacitor://localhost.evil.example", "app://localhost"] {
        problem_and_headers(relay.link().header("origin", foreign), ProblemCode::Forbidden).await;
    }
    assert_eq!(vendor.seen().len(), 2);
}

#[tokio::test]
async fn a_request_without_an_origin_passes() {
    let (vendor, relay) = with_link_vendor(&FLAGS).await;
    let response = relay.link().send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    assert_eq!(vendor.seen().len(), 1);
}

#[tokio::test]
async fn without_allowed_origins_every_page_is_rejected() {
    let (vendor, relay) = with_link_vendor(&[]).await;
    for origin in [PAGE, "null"] {
        problem_and_headers(relay.link().header("origin", origin), ProblemCode::Forbidden).await;
    }
    assert!(vendor.seen().is_empty());
}
