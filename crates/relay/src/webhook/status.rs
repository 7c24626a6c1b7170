//! The status of a webhook ([`MessageStatus`]).

use clap::ValueEnum;
use serde::Deserialize;

/// The status of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// The webhook waits for its next attempt.
    Pending,
    /// The back end has accepted the webhook.
    Delivered,
    /// The relay gave up the webhook after a day of attempts.
    Failed,
}

impl MessageStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}
