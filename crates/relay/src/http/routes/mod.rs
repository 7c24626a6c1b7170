//! The calls that the relay takes, one file a group.
//!
//! - [`page_without_session`]: the vendor's two calls, without sessions.
//! - [`page`]: the same, with sessions.
//! - [`sessions`]: the calls of the host's back end.
//! - [`health`]: whether the relay is up.
//! - [`openapi`]: what the calls are, for programs.
//! - [`fallback`]: what answers when no call does.

pub mod fallback;
pub mod health;
pub mod openapi;
pub mod page;
pub mod page_without_session;
pub mod sessions;
