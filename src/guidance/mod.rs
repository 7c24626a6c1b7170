//! What the person is told while the camera runs, and when the photo is taken: pure functions of what was seen, in the
//! order in which it was seen. No browser, no clock: each report comes with its time.
//!
//! - `thresholds`: every limit and time, in one table ([`Limit`], [`Thresholds`]).
//! - `check`: what must hold for a good photo ([`Check`]), and whether it does in one report.
//! - `hint`: what can be said ([`Hint`]), and which of it comes first.
//! - `guide`: from one report after the other to the hint that is shown and the moment for the photo ([`Guide`]).
//! - `challenge`: a movement that is asked for and recognised ([`Challenge`]).
//! - `flaw`: what is wrong with the photo that was taken ([`Flaw`]).
//! - `evidence`: what the page is told of all this ([`Evidence`]).

mod challenge;
mod check;
mod evidence;
mod flaw;
mod guide;
mod hint;
mod oval;
mod thresholds;

pub use challenge::{Challenge, ChallengeKind, ChallengeOutcome, ChallengeRecord, Movement, MovementRecord, Step};
pub(crate) use check::is_black;
pub use check::{Check, Checks};
pub use evidence::{Evidence, Times};
pub use flaw::Flaw;
pub use guide::{Guide, Observation};
pub use hint::Hint;
pub use thresholds::{Limit, MODEL, THRESHOLDS_VERSION, Threshold, Thresholds, ThresholdsError, times};
