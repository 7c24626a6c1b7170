//! A calendar that is off ([`Calendar`]), as after a sleep or when somebody sets the clock.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

/// `Date.now()` is off by so many seconds until this is dropped; the other clock is right.
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
