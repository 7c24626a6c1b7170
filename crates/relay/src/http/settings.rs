//! The settings of the HTTP service ([`HttpSettings`]).

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use http::HeaderName;

use crate::clock::duration;
use crate::origin::Origin;

/// Settings of the HTTP service.
#[derive(Clone, Debug, Args)]
pub struct HttpSettings {
    /// Origin of a page that may call, spelled as browsers send it; repeat the flag or separate with commas
    #[arg(long, env = "AKIBA_RELAY_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// Further header that a page on another origin may send, such as one of its monitoring; repeat the flag or separate
    /// with commas
    #[arg(
        long,
        env = "AKIBA_RELAY_ALLOW_HEADER",
        value_name = "HEADER",
        value_delimiter = ',',
        value_parser = header
    )]
    pub allow_header: Vec<HeaderName>,

    /// Largest request body, in bytes
    #[arg(long, env = "AKIBA_RELAY_MAX_BODY_BYTES", value_name = "BYTES", default_value = "4096")]
    pub max_body_bytes: NonZeroUsize,

    /// Longest wait for a request's body
    #[arg(long, env = "AKIBA_RELAY_BODY_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub body_timeout: Duration,

    /// Folder of the npm package akiba-selfie, as node_modules has it; the relay serves its files under /widget/
    #[arg(long, env = "AKIBA_RELAY_SERVE_WIDGET", value_name = "FOLDER")]
    pub serve_widget: Option<PathBuf>,

    /// File with the look of the page that phones open in a hand-off; the relay serves the page at /s, from the files of
    /// --serve-widget
    #[arg(long, env = "AKIBA_RELAY_HOSTED_PAGE", value_name = "FILE")]
    pub hosted_page: Option<PathBuf>,
}

/// Parses the name of a header. `*` is a name too, but in a preflight it means all headers.
fn header(text: &str) -> Result<HeaderName, &'static str> {
    let name = HeaderName::try_from(text).ok().filter(|name| name.as_str() != "*");
    name.ok_or("it must be the name of a header, such as x-datadog-trace-id")
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_header_needs_its_own_name() {
        assert_eq!(header("X-Datadog-Trace-Id").unwrap(), "x-datadog-trace-id");
        for wrong in ["", "*", "x y", "x:", "\u{e4}"] {
            assert!(header(wrong).is_err(), "{wrong}");
        }
    }
}
