//! What the host's back end may do with sessions.
//!
//! - [`create`]: creates a session.
//! - [`list`]: lists and searches sessions.
//! - [`report`]: returns a session and its verdict.
//! - [`reconcile`]: repeats or releases a lost verdict.
//! - [`handoff`]: makes a link that the back end sends to the person.
//! - [`delete`]: deletes a session on request.

pub mod create;
pub mod delete;
pub mod handoff;
pub mod list;
pub mod reconcile;
pub mod report;
