//! The browser, one API a file. Everything here is an owned value that cleans up after itself when it is dropped: a
//! dropped camera is off, a dropped request is aborted, a dropped listener is gone. No decisions: those are the flow's.

mod burst_choice;
pub mod camera;
mod camera_choice;
mod camera_error;
mod canvas;
mod decode;
pub mod emit;
pub mod focus;
pub mod grab;
mod image_header;
mod jpeg;
mod jpeg_search;
pub mod measure;
pub mod object_url;
mod pace;
pub mod page;
pub mod preview;
mod promise;
mod quality_object;
pub mod random;
pub mod relay;
pub mod session;
mod shot;
pub mod stylesheet;
pub mod task;
pub mod timer;
pub mod upload;
mod user_media;
pub mod vision;
