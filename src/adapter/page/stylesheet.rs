//! Adopts a constructable stylesheet ([`adopt`]): the only way to style a shadow root from code under a Content
//! Security Policy without `unsafe-inline`.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Element};

thread_local! {
    /// One sheet for all widgets of a document.
    static SHEET: std::cell::RefCell<Option<CssStyleSheet>> = const { std::cell::RefCell::new(None) };
}

/// Adds `css` to the document or shadow root that contains `element`, once. Does nothing for an element outside both.
pub fn adopt(element: &Element, css: &str) {
    let Some(sheet) = sheet_for(element, css) else { return };
    let root = element.get_root_node();
    let name = JsValue::from_str("adoptedStyleSheets");
    // An element that was removed before it was drawn has no such root.
    let Some(sheets) = Reflect::get(&root, &name).ok().filter(JsValue::is_object) else { return };
    let sheets = Array::from(&sheets);
    if sheets.includes(&sheet, 0) {
        return;
    }
    sheets.push(&sheet);
    // Fails only for a root that can't be styled, and then there is nothing to do.
    let _ = Reflect::set(&root, &name, &sheets);
}

/// Returns the shared sheet. An element in another document, such as a frame's, gets a sheet of that document, because
/// a sheet can't be adopted across documents.
fn sheet_for(element: &Element, css: &str) -> Option<CssStyleSheet> {
    let document = element.owner_document()?;
    if web_sys::window().and_then(|window| window.document()).as_ref() == Some(&document) {
        return SHEET.with(|slot| {
            let mut slot = slot.borrow_mut();
            if slot.is_none() {
                *slot = filled(CssStyleSheet::new().ok()?, css);
            }
            slot.clone()
        });
    }
    let window = document.default_view()?;
    let constructor: Function = Reflect::get(&window, &JsValue::from_str("CSSStyleSheet")).ok()?.dyn_into().ok()?;
    filled(Reflect::construct(&constructor, &Array::new()).ok()?.unchecked_into(), css)
}

fn filled(sheet: CssStyleSheet, css: &str) -> Option<CssStyleSheet> {
    sheet.replace_sync(css).ok()?;
    Some(sheet)
}
