//! What a page may do with its session. Nothing that it sends is trusted.
//!
//! - [`binding`]: what the page sends, compared with what the session holds.
//! - [`link`]: the first call of the widget.
//! - [`verify`]: its second call.
//! - [`page_verdict`]: what the page gets to know.

pub mod binding;
pub mod link;
pub mod page_verdict;
pub mod verify;
