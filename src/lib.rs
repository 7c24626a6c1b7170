//! A selfie that proves who you are, taken in a web page: the Yew component [`AkibaSelfie`], and what the custom element
//! `<akiba-selfie>` is made of.
//!
//! - [`flow`]: the capture flow as a pure state machine; it decides everything and touches nothing.
//! - [`guidance`]: what the person is told while the camera runs, and when the photo is taken.
//! - [`config`]: what the page wrote, checked.
//! - [`adapter`]: one browser API each.
//! - [`ui`]: what the person sees; [`text`]: what the person reads.
//! - [`widget`]: the component that ties these together. In it `runner` does what the flow wants, by the adapters,
//!   `resources` holds what it has open, and [`page_event`](widget::page_event) is what the page is told.
//! - [`element`]: the component's face to JavaScript.

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

/// The page on embedding, so that its Rust is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
pub struct EmbeddingPage;
