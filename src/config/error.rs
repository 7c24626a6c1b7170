//! Why settings are invalid.

use thiserror::Error;

/// Why settings are invalid. The text is for the page's developer and contains no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `relay` is missing.
    #[error("the attribute `relay` is missing: set it to the relay's URL")]
    NoRelay,
    /// `relay` is not an http(s) URL, or contains a query, a fragment or a user name.
    #[error("the attribute `relay` must be an http(s) URL without user name, query or fragment")]
    RelayUrl,
    /// `relay` is plain http on another machine.
    #[error("the attribute `relay` must be https (plain http is for this machine only)")]
    RelayInsecure,
    /// Both `identifier` and `session` are missing.
    #[error("the attribute `identifier` is missing: set it, or give a `session` that knows it")]
    NoIdentifier,
    /// `identifier` is over 128 characters or contains control characters.
    #[error("the attribute `identifier` must be 1 to 128 printable characters")]
    Identifier,
    /// `session` is neither text that fits into a header nor a function.
    #[error("the property `session` must be a string of printable ASCII or a function that returns one")]
    Session,
    /// `type` is unknown.
    #[error("the attribute `type` must be `individual` (1) or `business` (2)")]
    Type,
    /// `capture` is unknown.
    #[error("the attribute `capture` must be `auto` or `manual`")]
    Capture,
    /// `challenge` is unknown.
    #[error("the attribute `challenge` must be `turn`, `closer` or `random`")]
    Challenge,
    /// `thresholds` contains an unknown name, or a number out of its range.
    #[error(
        "the property `thresholds` must be an object of numbers, with names and ranges as docs/guidance.md lists them"
    )]
    Thresholds,
    /// `camera` is unknown.
    #[error("the attribute `camera` must be `front` or `back`")]
    Camera,
    /// `handoff` is unknown.
    #[error("the attribute `handoff` must be `off`, `offer` or `prefer`")]
    Handoff,
    /// `link-path` or `verify-path` does not begin with a single `/`, or contains a query or fragment.
    #[error("the attributes `link-path` and `verify-path` must be paths that begin with one `/`")]
    Path,
}
