//! A wrong calendar ([`Calendar`]), as after a sleep or a change of the clock.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

/// Shifts `Date.now()` by this many seconds until it is dropped. The monotonic clock stays right.
pub(crate) struct Calendar {
    date: JsValue,
    kept: JsValue,
}

impl Calendar {
    pub(crate) fn off_by(seconds: i32) -> Self {
        let date = Reflect::get(&js_sys::global(), &"Date".into()).unwrap();
        let kept = Reflect::get(&date, &"now".into()).unwrap();
        let shift = Function::new_with_args("kept, seconds", "return () => kept() + seconds * 1000");
        let now = shift.call2(&JsValue::NULL, &kept, &seconds.into()).unwrap();
        Reflect::set(&date, &"now".into(), &now).unwrap();
        Self { date, kept }
    }
}

impl Drop for Calendar {
    fn drop(&mut self) {
        Reflect::set(&self.date, &"now".into(), &self.kept).unwrap();
    }
}
