//! What JavaScript and Rust exchange: promises awaited with the type that they promise ([`settled`]), and plain objects
//! ([`object`]).

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Waits for a promise, or hands on the exception that was thrown in place of one.
///
/// # Errors
/// What the promise was rejected with, or the value if it is no `T`.
pub(super) async fn settled<T: JsCast>(promise: Result<Promise, JsValue>) -> Result<T, JsValue> {
    JsFuture::from(promise?).await?.dyn_into()
}

/// A plain object with these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a fresh plain object can't fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
