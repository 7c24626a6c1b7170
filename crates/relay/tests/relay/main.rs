//! The relay as its callers see it: a real listener, real connections, and vendors that behave or don't.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests may panic too")]

mod calls;
mod hostile_vendor;
mod limits;
mod origins;
mod requests;
mod support;
