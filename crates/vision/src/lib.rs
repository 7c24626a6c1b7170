//! Finds the face in a frame and measures the frame's quality, in the terms of ISO/IEC 29794-5:2025.
//!
//! Pure computation: no browser, no file, no clock. [`Analyser::analyse`] takes a [`Frame`] and gives a [`Report`]: how
//! many faces there are, where the main one is ([`Face`]), and a [`Reading`] for each [`Measure`] that could be taken.
//! The WebAssembly module around it is `crates/vision-module`; a report crosses to the page as numbers
//! ([`Report::to_numbers`]).

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
