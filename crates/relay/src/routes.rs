//! The calls that the relay takes, one file a group.
//!
//! - [`customer`]: the vendor's two calls, without sessions.
//! - [`bound`]: the same, with sessions.
//! - [`session`]: the calls of the host's back end.
//! - [`health`]: whether the relay is up.
//! - [`contract`]: what the calls are, for programs.
//! - [`fallback`]: what answers when no call does.

pub mod bound;
pub mod contract;
pub mod customer;
pub mod fallback;
pub mod health;
pub mod session;
