//! The browser, one API a file. Everything here is an owned value that cleans up after itself when it is dropped: a
//! dropped camera is off, a dropped request is aborted, a dropped listener is gone. No decisions: those are the flow's.

pub mod page;
pub mod relay;
pub mod session;
pub mod timer;
pub mod upload;
