//! The program as its operator sees it: TLS, metrics and health, and how it ends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "helpers of tests may panic too")]

mod admin;
#[path = "../sessions/bank.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use the rest")]
mod bank;
#[path = "../sessions/database.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other tests, which use the rest")]
mod database;
mod drain;
mod program;
#[path = "../sessions/receiver.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use the rest")]
mod receiver;
#[path = "../relay/support.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use the rest")]
mod support;
mod tls;
