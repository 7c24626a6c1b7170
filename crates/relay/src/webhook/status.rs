//! How a webhook stands ([`MessageStatus`]).

use clap::ValueEnum;
use serde::Deserialize;

/// How a webhook stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// It waits for its next try.
    Pending,
    /// The back end has it.
    Delivered,
    /// It was given up after a day.
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
