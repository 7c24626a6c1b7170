//! Values that Rust and JavaScript exchange: promises awaited with their result's type ([`settled`]) and with a limit
//! ([`in_time`]), and plain objects ([`object`]).

use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Awaits a promise. Passes on the exception if the browser threw one instead of returning a promise.
///
/// # Errors
/// The reason of the rejection, or the value itself if it is not a `T`.
pub(super) async fn settled<T: JsCast>(promise: Result<Promise, JsValue>) -> Result<T, JsValue> {
    JsFuture::from(promise?).await?.dyn_into()
}

/// Awaits a future. Returns `None` if it takes longer.
pub(super) async fn in_time<T>(future: impl Future<Output = T>, milliseconds: u32) -> Option<T> {
    match select(pin!(future), TimeoutFuture::new(milliseconds)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// Creates a plain object with these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a new plain object can't fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
