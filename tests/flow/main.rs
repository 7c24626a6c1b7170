//! The flow, on the host: what each event does in each state, what the person is spared, and what never happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod capture;
mod faces;
mod framing;
mod guidance;
mod matrix;
mod needs;
mod play;
mod properties;
mod submission;
