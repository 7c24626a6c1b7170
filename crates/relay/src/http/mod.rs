//! What callers meet: the whole service as one router ([`app`]), its routes and the order of its layers.
//!
//! - [`state`]: what all requests share.
//! - [`routes`]: one file a group of calls.
//! - [`openapi`]: the contract as a document, made from the routes.
//! - [`auth`]: who calls.
//! - [`body`]: the request body, limited, timed and checked.
//! - [`cors`]: which pages may call.
//! - [`idempotency`]: the header that names a call.
//! - [`rate_limit`]: the layer that turns away who calls too often.
//! - [`request_log`]: the request id, the log line and the body of an error.
//! - [`admin`], [`readiness`]: what the operator sees.

pub mod admin;
pub mod auth;
pub mod body;
pub mod cors;
pub mod idempotency;
pub mod openapi;
pub mod rate_limit;
pub mod readiness;
pub mod request_log;
pub mod routes;
pub mod state;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::routes::{fallback, health, page, page_without_session, sessions};
use self::state::AppState;

/// The service: its calls, with sessions or without, in the layers that surround them all.
pub fn app(state: AppState) -> Router {
    let sessions = state.sessions.is_some();
    let mut pages = Router::from(page_calls(sessions));
    // With sessions a page is counted by its own, and by the address only who has none.
    if !sessions {
        pages = pages.route_layer(from_fn_with_state(state.clone(), rate_limit::page_calls));
    }
    surround(pages.merge(host_calls(sessions)).merge(own_calls()), state)
}

/// All calls, with what [`openapi`] says of them.
pub(crate) fn calls(sessions: bool) -> OpenApiRouter<AppState> {
    page_calls(sessions).merge(host_calls(sessions)).merge(own_calls())
}

fn page_calls(sessions: bool) -> OpenApiRouter<AppState> {
    if sessions {
        OpenApiRouter::default().routes(routes!(page::link)).routes(routes!(page::verify))
    } else {
        OpenApiRouter::default()
            .routes(routes!(page_without_session::link))
            .routes(routes!(page_without_session::verify))
    }
}

fn host_calls(sessions: bool) -> OpenApiRouter<AppState> {
    if !sessions {
        return OpenApiRouter::default();
    }
    OpenApiRouter::default()
        .routes(routes!(sessions::create))
        .routes(routes!(sessions::read, sessions::erase))
        .routes(routes!(sessions::reconcile))
}

fn own_calls() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(routes::openapi::document))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// From the outside in, a request passes: its log line and id, the check of its origin, CORS, the catch for panics. The
/// catch is inside CORS, as a page could not read the answer to a panic otherwise.
fn surround(routes: Router<AppState>, state: AppState) -> Router {
    routes
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(cors::layer(&state.origins))
        .layer(from_fn_with_state(state.clone(), cors::guard))
        .layer(from_fn(request_log::observe))
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use akiba_protocol::{Problem, ProblemCode};
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::routing::get;
    use clap::Parser;
    use tower::ServiceExt;

    use super::surround;
    use crate::vendor_api::access::Access;
    use crate::{AppState, Settings};

    async fn broken() -> &'static str {
        panic!("8001015009087 is no index")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing_of_it_and_that_the_page_can_read() {
        let settings = Settings::try_parse_from(["akiba-relay", "--allow-origin=https://bank.example"]).unwrap();
        let access = Access::load(&settings.vendor, |_| Some("x".to_owned())).unwrap();
        let state = AppState::new(&settings, &access).unwrap();
        let router = surround(Router::new().route("/broken", get(broken)), state);

        let request = Request::get("/broken").header("origin", "https://bank.example").body(Body::empty());
        let response = router.oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["access-control-allow-origin"], "https://bank.example");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = to_bytes(response.into_body(), 4_096).await.unwrap();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem, Problem { request_id: Some(id), ..Problem::new(ProblemCode::Internal) });
    }
}
