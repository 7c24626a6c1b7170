//! The relay as its callers see it: a real listener, real connections, and vendors that behave or don't.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "helpers of tests may panic too")]

mod attacks;
mod calls;
mod hostile_vendor;
mod limits;
mod newer_vendor;
mod origins;
mod rates;
mod requests;
mod support;
