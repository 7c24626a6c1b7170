//! The capture flow as a pure state machine.
//!
//! [`step`] takes a [`State`], an [`Event`] and the [`Config`], and answers with the next state and the [`Effect`]s that
//! it wants done. It is total (every event is allowed in every state), knows no browser, and reads no clock: times
//! arrive as [`Event::Tick`]. Every answer carries the [`Generation`] of the request that it answers; a stale one
//! changes nothing.
//!
//! - `photo`, `camera`, `screen`, `state`, `event`, `effect`: the vocabulary.
//! - `error`, `failure`: what can go wrong, and what the person can do about it.
//! - `transition`: what all transitions share (cameras, timers and requests are opened and closed there only).
//! - `capture`: from the start to a photo.
//! - `framing`: what is made of what the camera sees, by [`guidance`](crate::guidance).
//! - `submission`: from a photo to a verdict.
//! - `limits`: every time and count.

mod camera;
mod capture;
mod effect;
mod error;
mod event;
mod failure;
mod framing;
pub mod limits;
mod photo;
mod screen;
mod state;
mod submission;
mod transition;

pub use camera::{Camera, CameraChoice, CameraInfo};
pub use effect::{Announcement, Delay, Effect, Notice, Request, Source};
pub use error::{ErrorCode, NextStep};
pub use event::Event;
pub use failure::{GrabFailure, RelayFailure, upload_code};
pub use photo::{FileId, Generation, LinkId, Photo, PhotoId, Quality};
pub use screen::{Aim, Phase, Screen, ScreenName, Wait};
pub use state::{Link, State, Tally, Timer, Trial, TrialStage};

pub use crate::guidance::Hint;

use crate::config::Config;
use transition::Transition;

/// One step of the flow.
#[must_use]
pub fn step(state: State, event: Event, config: &Config) -> (State, Vec<Effect>) {
    let previous = state.screen.name();
    let mut transition = Transition::new(state, config);
    transition.handle(event);
    transition.finish(previous)
}
