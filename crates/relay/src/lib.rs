//! The relay: what stands between the widget in a page and the vendor's API, so that the vendor's token never gets
//! into a page.
//!
//! It takes the widget's two calls, checks them, adds the token, and checks what comes back. Its contract is
//! `docs/relay.md`. [`app()`] is the whole service as a router; [`serve()`] puts it on a listener with the limits that
//! only a server can set; the binary `akiba-relay` does both from [`Settings`].
//!
//! From the top down:
//!
//! - [`cli`]: the command line, and what can be known before the service starts.
//! - [`server`]: the accept loop ([`ConnectionLimits`]), TLS, signals, and what runs beside the requests.
//! - [`http`]: what callers meet: the router, its routes and layers ([`AppState`]), the contract as a document.
//! - [`settings`]: every setting, with its flag, environment variable and default ([`Settings`]).
//! - [`session`]: what a page may do, and the one verdict that comes of it ([`Sessions`](session::Sessions)).
//! - [`webhook`]: the verdict on its way to the host's back end.
//! - [`store`]: where sessions are kept ([`Store`](store::Store)).
//! - [`limits`]: how often one caller may call ([`Limits`](limits::Limits)), and how many calls may be at work at once.
//! - [`vendor_api`]: the client of the vendor's API ([`VendorClient`](vendor_api::VendorClient),
//!   [`VendorError`](vendor_api::VendorError)).
//! - [`secrets`]: the relay's own secrets.
//! - [`telemetry`]: log, metrics, traces.
//! - [`lifecycle`], [`error`], [`clock`], [`origin`], [`http_client`] and `id` stand below all others: where a session stands,
//!   the one error of all calls ([`RelayError`](error::RelayError)), the time, the origin of a page, and HTTP clients.

pub mod cli;
pub mod clock;
pub mod error;
pub mod http;
pub mod http_client;
mod id;
pub mod lifecycle;
pub mod limits;
pub mod origin;
pub mod secrets;
pub mod server;
pub mod session;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod vendor_api;
pub mod webhook;

pub use self::http::app;
pub use self::http::state::AppState;
pub use server::{ConnectionLimits, Drained, serve, serve_tls};
pub use settings::Settings;
