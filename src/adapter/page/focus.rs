//! Moves the keyboard focus to the heading of a new screen ([`move_to_heading`]), so that a screen reader reads it.

use web_sys::Element;

use super::focus_heading;

/// Why the focus moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusReason {
    /// The person or the page asked for the new screen.
    Requested,
    /// The screen changed by itself. The focus moves only if it was lost with the old screen or was on its heading. A
    /// person who types elsewhere, or is about to press a button that is still there, is not disturbed.
    Follow,
}

/// Focuses the element marked `data-focus`. The page scrolls only if the person asked for the new screen, and only as
/// far as the heading needs.
pub fn move_to_heading(root: &Element, reason: FocusReason) {
    focus_heading(root, reason == FocusReason::Requested);
}
