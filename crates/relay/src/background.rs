//! What runs beside the requests ([`Background`]): the delivery of webhooks, and what time does to sessions.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::session::{Sessions, overdue};
use crate::webhook::worker;

/// The tasks beside the requests. They end when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Background(#[allow(dead_code, reason = "held, so that its tasks go on")] JoinSet<()>);

impl Background {
    /// Starts them.
    pub fn start(sessions: &Arc<Sessions>) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(worker::run(Arc::clone(sessions)));
        tasks.spawn(overdue::run(Arc::clone(sessions)));
        Self(tasks)
    }
}
