//! Moves the keyboard focus to the heading of a new screen ([`move_to_heading`]), so that a screen reader reads it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, ShadowRoot};

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
/// far as the heading needs: at high zoom, the pressed button may be far below it.
pub fn move_to_heading(root: &Element, reason: FocusReason) {
    if reason == FocusReason::Follow && focus_is_busy(root) {
        return;
    }
    let Ok(Some(heading)) = root.query_selector("[data-focus]") else { return };
    let Some(heading) = heading.dyn_ref::<HtmlElement>() else { return };
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Focusing an element that can't have focus does nothing and reports no error.
    let _ = heading.focus_with_options(&options);
    if reason == FocusReason::Requested {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        heading.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

fn focus_is_busy(root: &Element) -> bool {
    let tree = root.get_root_node();
    if let Some(shadow) = tree.dyn_ref::<ShadowRoot>() {
        if let Some(element) = shadow.active_element() {
            return is_control(&element);
        }
        let host = shadow.host();
        return host.owner_document().and_then(|document| active(&document)).is_some_and(|element| element != host);
    }
    tree.dyn_ref::<Document>()
        .and_then(active)
        .is_some_and(|element| !root.contains(Some(&element)) || is_control(&element))
}

fn is_control(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "BUTTON" | "INPUT")
}

/// Returns the focused element. The body does not count: it gets the focus when the focused element is removed.
fn active(document: &Document) -> Option<Element> {
    document.active_element().filter(|element| element.tag_name() != "BODY")
}
