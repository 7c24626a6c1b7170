//! What callers meet: the whole service as one router ([`app`]), its routes and the order of its layers.
//!
//! - [`settings`]: what the operator sets.
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
pub mod settings;
pub mod state;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::routes::{fallback, health, page, page_without_session, sessions};
use self::state::AppState;

/// Builds the service: its calls, with sessions or without, in the layers that surround them all.
pub fn app(mut state: AppState) -> Router {
    let sessions = state.sessions.is_some();
    let mut pages = page_calls(sessions);
    // With sessions a page is counted by its own, and by the address only who has none.
    if !sessions {
        pages = pages.route_layer(from_fn_with_state(state.clone(), rate_limit::limit_by_address));
    }
    let (routes, api) = pages.merge(host_calls(sessions)).merge(own_calls()).split_for_parts();
    state.document = openapi::text(api, sessions).into();
    surround(routes, state)
}

/// Returns the contract of the service as OpenAPI: the JSON that `GET /openapi.json` answers with.
#[must_use]
pub fn document(sessions: bool) -> String {
    let calls = page_calls(sessions).merge(host_calls(sessions)).merge(own_calls());
    openapi::text(calls.into_openapi(), sessions)
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
        .routes(routes!(sessions::read, sessions::delete))
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
        .layer(from_fn(request_log::log_request))
        .with_state(state)
}
