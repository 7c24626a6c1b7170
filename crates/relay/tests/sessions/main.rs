//! Sessions as the host's back end, a page and an attacker see them: real relays, on SQLite and on a real PostgreSQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "helpers of tests may panic too")]

mod backlog;
mod bank;
mod binding;
mod calls;
mod database;
mod disk;
mod failover;
mod forgery;
mod keys;
mod kill;
mod late;
mod moving;
mod newer_vendor;
mod outage;
mod processes;
mod program;
mod rates;
mod receiver;
mod retention;
mod retries;
mod skew;
#[path = "../relay/support.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use the rest")]
mod support;
mod tokens;
mod verdict;
mod webhooks;
