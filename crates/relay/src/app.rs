//! The whole service as one router ([`app`]): its routes and the order of its layers.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::routes::{customer, fallback, health};
use crate::state::AppState;
use crate::{capacity, cors, observe};

/// The service. From the outside in, a request passes: the log line and request id, the catch for panics, the check of
/// its origin, CORS, and then, for the vendor's calls alone, the limit on calls at work.
pub fn app(state: AppState) -> Router {
    let calls = Router::new()
        .route("/v1/customer", post(customer::link))
        .route("/v1/customer/verify", post(customer::verify))
        .route_layer(from_fn_with_state(state.clone(), capacity::shed));
    Router::new()
        .merge(calls)
        .route("/healthz", get(health::live))
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(cors::layer(&state.origins))
        .layer(from_fn_with_state(state.clone(), cors::guard))
        .layer(CatchPanicLayer::custom(fallback::panicked))
        .layer(from_fn(observe::observe))
        .with_state(state)
}
