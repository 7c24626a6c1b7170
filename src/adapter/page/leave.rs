//! Asks before the person leaves the page ([`LeaveGuard`]).

use std::fmt;

use super::JsLeaveGuard;

/// As long as this exists, the browser asks before it closes the page.
#[must_use = "the browser no longer asks when this is dropped"]
pub struct LeaveGuard(JsLeaveGuard);

impl fmt::Debug for LeaveGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaveGuard").finish_non_exhaustive()
    }
}

impl LeaveGuard {
    /// Makes the browser ask.
    pub fn start() -> Self {
        Self(JsLeaveGuard::new())
    }
}

impl Drop for LeaveGuard {
    fn drop(&mut self) {
        self.0.stop();
    }
}
