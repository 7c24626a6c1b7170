//! The relay: what stands between the widget in a page and the vendor's API, so that the vendor's token never gets
//! into a page.
//!
//! It takes the widget's two calls, checks them, adds the token, and checks what comes back. Its contract is
//! `docs/relay/reference.md`. [`app()`] is the whole service as a router; [`serve()`] puts it on a listener with the limits that
//! only a server can set; the binary `akiba-relay` does both from [`Settings`].
//!
//! - [`settings`]: every setting, with its flag, environment variable and default ([`Settings`]).
//! - [`app`](mod@app): the router and the order of its layers.
//! - [`state`]: what all requests share ([`AppState`]).
//! - [`routes`]: one file a group of calls.
//! - [`vendor`]: the client of the vendor's API ([`VendorClient`](vendor::VendorClient), [`VendorError`](vendor::VendorError)).
//! - [`cors`]: which pages may call ([`Origin`](cors::Origin)).
//! - [`body`]: the request body, limited, timed and checked ([`JsonBody`](body::JsonBody)).
//! - [`capacity`]: how many calls may be at work at once.
//! - [`limits`]: how often one caller may call ([`Limits`](limits::Limits)).
//! - [`error`]: the one error of all calls ([`RelayError`](error::RelayError)).
//! - [`openapi`]: the contract as a document, made from the routes.
//! - [`observe`]: the request id, the log line and the body of an error.
//! - [`mod@serve`]: the accept loop ([`ConnectionLimits`]).
//! - [`session`]: what a page may do, and the one verdict that comes of it ([`Sessions`](session::Sessions)).
//! - [`store`]: where sessions are kept ([`Store`](store::Store)).
//! - [`webhook`]: the verdict on its way to the host's back end.
//! - [`background`]: what runs beside the requests.
//! - [`secret_file`]: the relay's own secrets.
//! - [`clock`], [`tasks`]: the time, and work that outlives its request.
//! - [`check`](mod@check): what can be known before the service starts.
//! - [`cli`]: the command line.
//! - [`shutdown`]: the signals that end the service.
//! - [`tls`]: the relay's own TLS.
//! - [`admin`], [`metrics`](mod@metrics), [`readiness`], [`probe`]: what the operator sees.
//! - [`traces`]: spans for OpenTelemetry.
//! - [`telemetry`]: where log lines go and how they look.

pub mod admin;
pub mod app;
pub mod background;
pub mod body;
pub mod capacity;
pub mod check;
pub mod cli;
pub mod clock;
pub mod cors;
pub mod error;
pub mod limits;
pub mod metrics;
pub mod observe;
pub mod openapi;
pub mod probe;
pub mod readiness;
pub mod routes;
pub mod secret_file;
pub mod serve;
pub mod session;
pub mod settings;
pub mod shutdown;
pub mod state;
pub mod store;
pub mod tasks;
pub mod telemetry;
pub mod tls;
pub mod traces;
pub mod vendor;
pub mod webhook;

pub use app::app;
pub use serve::{ConnectionLimits, Drained, serve, serve_tls};
pub use settings::Settings;
pub use state::AppState;
