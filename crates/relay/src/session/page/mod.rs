//! What a page may do with its session. The relay trusts nothing that a page sends.
//!
//! - [`binding`]: compares a call with the session.
//! - [`link`]: the widget's first call, for a signed link.
//! - [`verify`]: the widget's second call, for the verdict.
//! - [`page_verdict`]: the part of the verdict that the page gets.
//! - [`handoff`]: the desktop's half of a hand-off to a phone.
//! - [`phone`]: the phone's half.

pub mod binding;
pub mod handoff;
pub mod link;
pub mod page_verdict;
pub mod phone;
pub mod verify;
