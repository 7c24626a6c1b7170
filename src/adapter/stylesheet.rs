//! Adopts a constructable stylesheet ([`adopt`]): the one way to style a shadow root from code that a Content Security
//! Policy without `unsafe-inline` allows.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Element};

thread_local! {
    /// One sheet for all widgets of the page.
    static SHEET: std::cell::RefCell<Option<CssStyleSheet>> = const { std::cell::RefCell::new(None) };
}

/// Adds `css` to the document or shadow root that `element` is in, unless it is there already.
pub fn adopt(element: &Element, css: &str) {
    let Some(sheet) = shared(css) else { return };
    let root = element.get_root_node();
    let name = JsValue::from_str("adoptedStyleSheets");
    let Ok(sheets) = Reflect::get(&root, &name) else { return };
    let sheets = Array::from(&sheets);
    if sheets.includes(&sheet, 0) {
        return;
    }
    sheets.push(&sheet);
    // Refused only by a root that can't be styled, where there is nothing to be done.
    let _ = Reflect::set(&root, &name, &sheets);
}

fn shared(css: &str) -> Option<CssStyleSheet> {
    SHEET.with(|slot| {
        let mut slot = slot.borrow_mut();
        if slot.is_none() {
            let sheet = CssStyleSheet::new().ok()?;
            sheet.unchecked_ref::<CssStyleSheet>().replace_sync(css).ok()?;
            *slot = Some(sheet);
        }
        slot.clone()
    })
}
