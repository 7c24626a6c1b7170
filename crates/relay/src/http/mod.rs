//! The HTTP service as one router ([`app`]): its routes and the order of its layers.
//!
//! - [`settings`]: the operator's settings.
//! - [`state`]: what all requests share.
//! - [`mod@routes`]: the handlers, one file for each group of calls.
//! - `layers`: what each request passes before its handler.
//! - [`openapi`]: the OpenAPI document, generated from the routes.
//! - [`auth`]: authentication of the host's back end and of pages.
//! - [`body`]: the JSON body of a request, with its limits.
//! - [`cors`]: the list of pages that may call.
//! - [`idempotency`]: the `Idempotency-Key` header.
//! - [`rate_limit`]: counts every call, and rejects callers that call too often.
//! - [`reply`]: the JSON body of an answer that is frequent.
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
mod layers;
pub mod openapi;
pub mod rate_limit;
pub mod readiness;
pub mod reply;
pub mod request_log;
pub mod routes;
pub mod settings;
pub mod state;
#[cfg(test)]
mod tests;
pub mod widget;

use std::sync::Arc;

use axum::Router;
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
    let calls = page_calls(sessions).merge(host_calls(sessions)).merge(operation_calls());
    let (routes, _) = calls.split_for_parts();
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

/// Adds the answers to unknown paths and methods, the layers, and the pages and files that the relay serves.
fn with_layers(routes: Router<SharedState>, state: SharedState) -> Router {
    let mut routes = routes.fallback(fallback::not_found).method_not_allowed_fallback(fallback::method_not_allowed);
    routes = layers::around_calls(routes, &state);
    if state.widget.is_some() {
        routes = routes.merge(layers::around_files(routes::widget::router(&state)));
    }
    if state.hosted.is_some() {
        routes = routes.merge(layers::around_files(routes::hosted::router(&state)));
    }
    routes.with_state(state)
}
