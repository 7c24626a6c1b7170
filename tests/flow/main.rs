//! The flow on the host: the effect of each event in each state, and what never happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod camera;
mod capture;
mod chaos;
mod crop;
mod faces;
mod framing;
mod guidance;
mod handoff;
mod light;
mod matrix;
mod needs;
mod other_way;
mod play;
mod properties;
mod spoken;
mod submission;
