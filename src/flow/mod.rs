//! The capture flow as a pure state machine.
//!
//! [`step`] takes a [`State`], an [`Event`] and the [`Config`](crate::config::Config), and returns the next state and
//! the [`Effect`]s to run. It is total: every event is allowed in every state. It uses no browser and no clock; time
//! arrives as [`Event::Tick`]. Every answer carries the [`Generation`] of its request; a stale answer changes nothing.
//!
//! - `photo`, `camera`, `timer`, `screen`, `state`, `event`, `effect`: the vocabulary.
//! - `error`, `failure`: what can go wrong, and what the person can do about it.
//! - `allowed`: what the person and the page may do in each state.
//! - [`needs`]: what a state needs to stay open; the runner drops the rest.
//! - [`limits`]: every duration and count.
//! - `transition`: what all transitions share. Cameras, timers and requests end there only.
//! - `start`: from the start to an open camera.
//! - `framing`, `challenge`: reactions to the camera's frames, using [`guidance`](crate::guidance).
//! - `countdown`: when a photo is taken automatically.
//! - `capture`: the photo.
//! - `submission`, `link`, `upload`: from a photo to a verdict.
//! - `step`: the dispatch from events to these functions.

mod allowed;
mod camera;
mod capture;
mod challenge;
mod countdown;
mod effect;
mod error;
mod event;
mod failure;
mod framing;
pub mod limits;
mod link;
pub mod needs;
mod photo;
mod screen;
mod start;
mod state;
mod step;
mod submission;
mod timer;
mod transition;
mod upload;

pub use camera::{CameraChoice, CameraInfo, CameraState};
pub use effect::{Announcement, Delay, Effect, Notice, PhotoSource};
pub use error::{ErrorCode, NextStep};
pub use event::Event;
pub use failure::{GrabFailure, RelayFailure, upload_code};
pub use photo::{FileId, Generation, LinkId, Luminance, Photo, PhotoId, PhotoOrigin};
pub use screen::{Opening, Phase, Prompt, Screen, ScreenName, Wait};
pub use state::{Attempts, ChallengeProgress, ChallengeStage, Delivery, Framing, LinkState, Sending, State};
pub use step::step;
pub use timer::{Timer, Timers};
