//! The browser, one API a file. Everything here is an owned value that cleans up after itself when it is dropped: a
//! dropped camera is off, a dropped request is aborted, a dropped listener is gone. No decisions: those are the flow's.

pub mod camera;
mod canvas;
mod js;
pub mod luminance;
pub mod page;
pub mod photo;
pub mod random;
pub mod relay;
pub mod task;
pub mod timer;
pub mod upload;
pub mod vision;
