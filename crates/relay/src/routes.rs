//! The calls that the relay takes, one file a group.
//!
//! - [`customer`]: the vendor's two calls.
//! - [`health`]: whether the relay is up.
//! - [`fallback`]: what answers when no call does.

pub mod customer;
pub mod fallback;
pub mod health;
