//! Guides the person while the camera runs, and finds the moment for the photo. Pure functions of the reports in their
//! order: no browser and no clock, because each report carries its time.
//!
//! - `thresholds`: every limit and duration, in one table ([`Limit`], [`Thresholds`]).
//! - `check`: the conditions of a good photo ([`Check`]), applied to one report.
//! - `crop`: the part of the camera's frame that is shown, checked and sent ([`crop`](crop())).
//! - `hint`: the hints ([`Hint`]) in order of priority.
//! - `guide`: from a series of reports to the current hint and the moment for the photo ([`Guide`]).
//! - `challenge`: requests a movement and recognises it ([`Challenge`]).
//! - `flaw`: the flaws of a photo ([`Flaw`]).
//! - `evidence`: the analysis for the page ([`Evidence`]).

mod challenge;
mod check;
mod crop;
mod evidence;
mod flaw;
mod guide;
mod hint;
mod oval;
mod thresholds;

pub use challenge::{Challenge, ChallengeKind, ChallengeOutcome, ChallengeRecord, Movement, MovementRecord, Step};
pub(crate) use check::is_black;
pub use check::{Check, Checks};
pub use crop::{ASPECTS, crop};
pub use evidence::{Evidence, Times};
pub use flaw::Flaw;
pub use guide::{Guide, Observation};
pub use hint::Hint;
pub use thresholds::{Limit, MODEL, THRESHOLDS_VERSION, Threshold, Thresholds, ThresholdsError, times};
