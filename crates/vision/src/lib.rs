#![doc = include_str!("../README.md")]
//!
//! # Types
//!
//! [`Analyser::analyse`] takes a [`Frame`] and returns a [`Report`]: the number of faces, the main [`Face`], and a
//! [`Reading`] for each [`Measure`] that could be taken. [`quality`] says how the measures differ from the standard's
//! reference implementation. `crates/vision-module` is the WebAssembly module around this crate; a report crosses from
//! there to the page as numbers ([`Report::to_numbers`]).

mod analyse;
mod brightness;
mod detector;
mod face;
mod frame;
mod measure;
pub mod quality;
mod report;

pub use analyse::Analyser;
pub use detector::Detector;
pub use face::{Face, Keypoint, Point, Rect};
pub use frame::Frame;
pub use measure::{Measure, Reading};
pub use report::{REPORT_LENGTH, Report};
