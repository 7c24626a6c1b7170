//! The handlers, one file for each group of calls.
//!
//! - [`page_without_session`]: the widget's two calls, without sessions.
//! - [`page`]: the widget's two calls, with sessions.
//! - [`sessions`]: the calls of the host's back end.
//! - [`handoffs`]: the calls of a hand-off to a phone.
//! - [`health`]: health checks.
//! - [`hosted`]: the page that phones open.
//! - [`openapi`]: the OpenAPI document.
//! - [`mod@proof_keys`]: the public keys of proofs.
//! - [`widget`]: the files of the widget.
//! - [`fallback`]: the answers when no handler gives one.

pub mod fallback;
pub mod handoffs;
pub mod health;
pub mod hosted;
pub mod openapi;
pub mod page;
pub mod page_without_session;
pub mod proof_keys;
pub mod sessions;
pub mod widget;
