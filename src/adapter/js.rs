//! Promises of JavaScript, awaited with the type that they promise.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Waits for a promise, or hands on the exception that was thrown in place of one.
///
/// # Errors
/// What the promise was rejected with, or the value if it is no `T`.
pub(super) async fn settled<T: JsCast>(promise: Result<Promise, JsValue>) -> Result<T, JsValue> {
    JsFuture::from(promise?).await?.dyn_into()
}
