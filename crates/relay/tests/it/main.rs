//! The relay as its callers, its vendor and its operator see it: real listeners, real connections, SQLite and a real
//! PostgreSQL. A folder holds one feature; helpers are in `support`.
//!
//! `log.rs`, `session_log.rs` and `traces.rs` beside this file are binaries of their own (see Cargo.toml).

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "helpers of tests can panic, too")]

mod support;

mod docs;

/// The command line and the settings.
mod cli {
    mod settings;
    mod start;
}

/// Requests, and the calls of a relay without sessions.
mod http {
    mod hostile_requests;
    mod openapi;
    mod origins;
    mod page_without_session;
    mod requests;
    mod widget;
}

/// The running program, as its operator sees it.
mod server {
    mod admin;
    mod blocked_log;
    mod commands;
    mod drain;
    mod metric_names;
    mod reload;
    mod reload_hosts;
    mod reload_vendor;
    mod tls;
}

/// What a page can do with its session.
mod page {
    mod binding;
    mod capture;
    mod hang_up;
    mod late_verdict;
    mod links_given_back;
    mod proof;
    mod rejection;
    mod tokens;
    mod verdict;
    mod verdict_again;
}

/// What the back end of the host can do.
mod host {
    mod idempotency;
    mod list;
    mod sessions;
}

/// The hand-off of a session from a desktop to a phone.
mod handoff {
    mod back_end;
    mod desktop;
    mod links;
    mod page;
    mod phone;
    mod relay;
}

mod webhook {
    mod backlog;
    mod closing;
    pub(crate) mod delivery;
    mod endpoints;
    mod list;
}

/// What the database stores, and what happens without it.
mod store {
    mod audit;
    mod backup;
    mod clock_skew;
    mod copy;
    mod due;
    mod durability;
    mod failover;
    mod forgery;
    mod full_disk;
    mod groups;
    mod kill;
    mod migrations;
    mod outage;
    mod pooler;
    mod power_cut;
    mod processes;
    mod reseal;
    mod retention;
    mod round_trips;
}

/// Limits on number, time and rate.
mod limits {
    mod bulkheads;
    mod capacity;
    mod headers;
    mod persons;
    mod quiet_connections;
    mod rates;
    mod refusals;
    mod session_rates;
    mod slow_readers;
    mod waiting;
}

/// The vendor's calls, answers and profiles.
mod vendor_api {
    mod breaker;
    mod consent;
    mod egress;
    mod hostile_vendor;
    mod newer_profile;
    mod upload_headers;
}
