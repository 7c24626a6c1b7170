//! A selfie that proves who you are, taken in a web page: the custom element `<akiba-selfie>` and the Yew component
//! behind it.
//!
//! - [`flow`]: the capture flow as a pure state machine.
//! - [`config`]: what the page wrote, checked.
//! - [`adapter`]: one browser API each.
//! - [`ui`]: what the person sees.
//! - [`text`]: what the person reads.

pub mod adapter;
pub mod config;
pub mod flow;
pub mod text;
pub mod ui;
