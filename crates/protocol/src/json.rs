//! Reads parsed JSON whatever parsed it ([`Json`]): `serde_json` in the relay, the browser in the widget. So one rule
//! judges on both sides.

use serde_json::Value;

/// A parsed JSON value.
pub trait Json: Sized {
    /// Returns a member of an object; `None` if it is missing or the value is not an object. `null` is not missing.
    fn member(&self, name: &str) -> Option<Self>;

    /// Returns a string; `None` if the value is not a string.
    fn text(&self) -> Option<String>;

    /// Returns whether the value is an object. An array and `null` are not.
    fn is_object(&self) -> bool;
}

impl Json for &Value {
    fn member(&self, name: &str) -> Option<Self> {
        self.as_object()?.get(name)
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn is_object(&self) -> bool {
        Value::is_object(self)
    }
}
