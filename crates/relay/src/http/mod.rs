//! The HTTP service as one router ([`app`]): its routes and the order of its layers.
//!
//! - [`settings`]: the operator's settings.
//! - [`state`]: what all requests share.
//! - [`mod@routes`]: the handlers, one file for each group of calls.
//! - [`openapi`]: the OpenAPI document, generated from the routes.
//! - [`auth`]: authentication of the host's back end and of pages.
//! - [`body`]: the JSON body of a request, with its limits.
//! - [`cors`]: the list of pages that may call.
//! - [`idempotency`]: the `Idempotency-Key` header.
//! - [`rate_limit`]: counts every call, and rejects callers that call too often.
//! - [`request_log`]: the request id, the log line and the body of an error.
//! - [`etag`]: versions of content that does not change.
//! - [`hosted`]: the page that phones open, if the relay serves it.
//! - [`widget`]: the files of the widget, if the relay serves them.
//! - [`admin`], [`readiness`]: metrics, health checks and the operator's calls.

pub mod admin;
pub mod auth;
pub mod body;
pub mod cors;
pub mod etag;
pub mod hosted;
pub mod idempotency;
pub mod openapi;
pub mod rate_limit;
pub mod readiness;
pub mod request_log;
pub mod routes;
pub mod settings;
pub mod state;
#[cfg(test)]
mod tests;
pub mod widget;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::openapi::document::Document;
use self::routes::{fallback, handoffs, health, page, page_without_session, proof_keys, sessions};
use self::state::{AppState, SharedState};

/// Builds the service: its calls, with or without sessions, inside the layers that every request passes.
pub fn app(mut state: AppState) -> Router {
    let sessions = state.sessions.is_some();
    state.document = Document::new(document(sessions));
    let state = Arc::new(state);
    let mut pages = page_calls(sessions);
    // With sessions, [`auth`] counts a page by its session, and by its address only if it has no valid token.
    if !sessions {
        pages = pages.route_layer(from_fn_with_state(state.clone(), rate_limit::limit_by_address));
    }
    let (routes, _) = pages.merge(host_calls(sessions)).merge(operation_calls()).split_for_parts();
    with_layers(routes, state)
}

/// Returns the OpenAPI document of the service: the JSON of `GET /openapi.json`.
#[must_use]
pub fn document(sessions: bool) -> String {
    let calls = page_calls(sessions).merge(host_calls(sessions)).merge(operation_calls());
    openapi::text(calls.into_openapi(), sessions)
}

fn page_calls(sessions: bool) -> OpenApiRouter<SharedState> {
    if sessions {
        OpenApiRouter::default()
            .routes(routes!(page::link))
            .routes(routes!(page::verify, page::verdict))
            .routes(routes!(handoffs::begin, handoffs::held))
            .routes(routes!(handoffs::follow))
            .routes(routes!(handoffs::renew))
            .routes(routes!(handoffs::end))
            .routes(routes!(handoffs::redeem))
            .routes(routes!(handoffs::confirm))
            .routes(routes!(handoffs::disown))
    } else {
        OpenApiRouter::default()
            .routes(routes!(page_without_session::link))
            .routes(routes!(page_without_session::verify))
    }
}

fn host_calls(sessions: bool) -> OpenApiRouter<SharedState> {
    if !sessions {
        return OpenApiRouter::default();
    }
    OpenApiRouter::default()
        .routes(routes!(sessions::create, sessions::list))
        .routes(routes!(sessions::search))
        .routes(routes!(sessions::read, sessions::delete))
        .routes(routes!(sessions::send_handoff))
        .routes(routes!(sessions::reconcile))
        .routes(routes!(proof_keys::proof_keys))
}

fn operation_calls() -> OpenApiRouter<SharedState> {
    OpenApiRouter::default()
        .routes(routes!(routes::openapi::document))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// Wraps the routes in the layers. A request passes them from the last to the first: log line and id, check of the
/// origin, CORS, count of what nothing else counts, catching of panics. Errors arise inside CORS: without CORS headers a
/// page could not read them.
fn with_layers(routes: Router<SharedState>, state: SharedState) -> Router {
    let mut routes = routes
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(from_fn_with_state(state.clone(), rate_limit::count_rest))
        .layer(cors::layer(&state.origins, &state.allowed_headers))
        .layer(from_fn_with_state(state.clone(), cors::guard));
    if state.widget.is_some() {
        // Without the layers above: its files are for every origin, and have a limit of their own.
        routes = routes.merge(routes::widget::router(&state));
    }
    if state.hosted.is_some() {
        routes = routes.merge(routes::hosted::router(&state));
    }
    routes.layer(from_fn(request_log::log_request)).with_state(state)
}
