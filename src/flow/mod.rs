//! The capture flow as a pure state machine.
//!
//! [`step`] takes a [`State`], an [`Event`] and the [`Config`](crate::config::Config), and answers with the next state and the [`Effect`]s that
//! it wants done. It is total (every event is allowed in every state), knows no browser, and reads no clock: times
//! arrive as [`Event::Tick`]. Every answer carries the [`Generation`] of the request that it answers; a stale one
//! changes nothing.
//!
//! - `photo`, `camera`, `timer`, `screen`, `state`, `event`, `effect`: the vocabulary.
//! - `error`, `failure`: what can go wrong, and what the person can do about it.
//! - [`needs`]: what a state needs to stay open; the runner drops the rest.
//! - [`limits`]: every time and count.
//! - `transition`: what all transitions share (cameras, timers and requests end there only).
//! - `start`: from the start to an open camera.
//! - `framing`, `challenge`: what is made of what the camera sees, by [`guidance`](crate::guidance).
//! - `capture`: the photo.
//! - `submission`, `link`, `upload`: from a photo to a verdict.
//! - `step`: which of these handles which event.

mod camera;
mod capture;
mod challenge;
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
pub use photo::{FileId, Generation, LinkId, Luminance, Photo, PhotoId};
pub use screen::{Opening, Phase, Prompt, Screen, ScreenName, Wait};
pub use state::{Attempts, ChallengeProgress, ChallengeStage, Delivery, Framing, LinkState, Sending, State};
pub use step::step;
pub use timer::{Timer, Timers};
