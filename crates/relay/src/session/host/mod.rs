//! What the host's back end may do with sessions.
//!
//! - [`create`]: a new session.
//! - [`report`]: what the back end gets to know.
//! - [`reconcile`]: what the back end does about a lost verdict.
//! - [`delete`]: deletion before its time.

pub mod create;
pub mod delete;
pub mod reconcile;
pub mod report;
