//! A selfie that proves who you are, taken in a web page: the Yew component [`AkibaSelfie`], and the core of the custom
//! element `<akiba-selfie>`.
//!
//! From the top down; a file imports only what is further down or in its own module (`src/layers.txt`):
//!
//! - [`element`]: everything that JavaScript sees.
//! - [`widget`]: the component. Its `runner` carries out the flow's effects with the adapters, `resources` holds what
//!   is open, and [`page_event`](widget::page_event) lists the messages to the page.
//! - [`ui`]: the screens.
//! - [`adapter`]: the browser's APIs.
//! - [`text`]: the words that the person reads.
//! - [`flow`]: the capture flow as a pure state machine. It decides everything and touches nothing.
//! - [`config`]: the page's settings, checked.
//! - [`guidance`]: the hints while the camera runs, and the moment for the photo.

pub mod adapter;
pub mod config;
pub mod element;
pub mod flow;
pub mod guidance;
pub mod text;
pub mod ui;
pub mod widget;

pub use adapter::relay::session::Session;
pub use adapter::vision::VisionSource;
pub use config::Options;
pub use widget::page_event::PageEvent;
pub use widget::{AkibaSelfie, Props};

/// The page on embedding, included so that its Rust is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
pub struct EmbeddingPage;
