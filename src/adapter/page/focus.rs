//! Moves the keyboard's focus to the heading of a new screen ([`move_to_heading`]), so that a screen reader reads it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, ShadowRoot};

/// Why the focus should move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusReason {
    /// The person, or the page, asked for the new screen.
    Requested,
    /// The screen changed by itself: the focus moves only if it went with the old screen, or was on its heading. Who is
    /// typing elsewhere in the page, or has a finger on a button that is still there, is not disturbed.
    Follow,
}

/// Focuses the element marked `data-focus`. The page scrolls only where the person asked for the new screen, and only as
/// far as the heading needs: at a large zoom, the button that was pressed may be a long way below it.
pub fn move_to_heading(root: &Element, reason: FocusReason) {
    if reason == FocusReason::Follow && focus_is_busy(root) {
        return;
    }
    let Ok(Some(heading)) = root.query_selector("[data-focus]") else { return };
    let Some(heading) = heading.dyn_ref::<HtmlElement>() else { return };
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // Focusing an element that can't be focused does nothing, and there is no error to handle.
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

/// The focused element; none where it is the body, which gets the focus when the focused element goes.
fn active(document: &Document) -> Option<Element> {
    document.active_element().filter(|element| element.tag_name() != "BODY")
}
