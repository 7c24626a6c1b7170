#![doc = include_str!("../README.md")]
//!
//! # Modules
//!
//! From the top down; `layers.txt` has the exact order, and a test holds it.
//!
//! - [`cli`]: the command line, and the check of the settings before a start.
//! - [`settings`]: gathers the settings of all modules: flag, environment variable, file, default ([`Settings`]).
//! - [`server`]: the accept loop ([`ConnectionLimits`]), TLS, signals, background tasks.
//! - [`http`]: the router, its routes and layers ([`AppState`]), the OpenAPI document.
//! - [`session`]: what a page and a back end may do, and the one verdict ([`Sessions`](session::Sessions)).
//! - [`webhook`]: sends events to the host's back end.
//! - [`proof`]: proofs of verdicts ([`Proofs`](proof::Proofs)).
//! - [`store`]: stores sessions in SQLite or PostgreSQL ([`Store`](store::Store)).
//! - [`audit`]: the audit trail, a chain of hashes.
//! - [`limits`]: rate limits ([`Limits`](limits::Limits)) and the number of concurrent calls.
//! - [`vendor_api`]: the client of the vendor's API ([`VendorClient`](vendor_api::VendorClient),
//!   [`VendorError`](vendor_api::VendorError)).
//! - [`secrets`]: keys, and the files that hold them.
//! - [`telemetry`]: log, metrics, traces.
//! - Below all others: [`lifecycle`] (the states of a session), [`handoff`] (the rules of a hand-off to a phone), [`error`] (the one error of all calls,
//!   [`RelayError`](error::RelayError)), [`clock`], [`origin`], [`http_client`] and `id`.

pub mod audit;
pub mod cli;
pub mod clock;
pub mod error;
pub mod handoff;
pub mod http;
pub mod http_client;
mod id;
pub mod lifecycle;
pub mod limits;
pub mod origin;
pub mod proof;
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
