//! The layers of the service ([`around_calls`], [`around_files`]). All layers of the calls are one service with one future:
//! for each request, axum clones and boxes each layer of a router together with all layers inside it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use tower::layer::layer_fn;
use tower::{Layer, Service, service_fn};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;

use super::routes::fallback;
use super::state::{AppState, SharedState};
use super::{cors, rate_limit, request_log};

/// Wraps the calls, and the answers to unknown paths and methods.
pub(super) fn around_calls(routes: Router<SharedState>, state: &SharedState) -> Router<SharedState> {
    let shared = Arc::new((Arc::clone(state), cors::layer(&state.origins, &state.allowed_headers)));
    routes.layer(layer_fn(move |route: Route| {
        let shared = Arc::clone(&shared);
        service_fn(move |request| {
            let (shared, route) = (Arc::clone(&shared), route.clone());
            async move {
                let (state, cors) = &*shared;
                Ok::<_, Infallible>(pass(state, cors, route, request).await)
            }
        })
    }))
}

/// Wraps the files of the widget and of the hosted page. They are for every origin, and have a limit of their own.
pub(super) fn around_files(routes: Router<SharedState>) -> Router<SharedState> {
    routes.layer(from_fn(|request, next: Next| request_log::log_request(request, |request| next.run(request))))
}

/// Passes a request on to its route: log line and id, check of the origin, CORS, count of what nothing else counts, catching
/// of panics. Errors arise inside CORS: without CORS headers a page could not read them.
async fn pass(state: &AppState, cors: &CorsLayer, route: Route, request: Request) -> Response {
    let caught = |request| answer(CatchPanicLayer::custom(fallback::panicked).layer(route), request);
    let counted = service_fn(|request| {
        let caught = caught.clone();
        async { Ok(rate_limit::count_rest(state, request, caught).await) }
    });
    let with_cors = |request| answer(cors.layer(counted), request);
    request_log::log_request(request, |request| cors::guard(state, request, with_cors)).await
}

/// Returns the answer of a service that never fails.
async fn answer<S>(mut service: S, request: Request) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible>,
{
    service.call(request).await.into_response()
}
