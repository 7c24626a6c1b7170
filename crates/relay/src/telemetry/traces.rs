//! Spans of what a request has done, for OpenTelemetry. They are made with the Cargo feature `otel` alone, and go to the
//! collector of `--otel-endpoint` and nowhere else: neither the vendor nor a webhook's receiver gets a trace's id, and none
//! is taken from a caller.

use tracing::Span;

/// The target of all spans, by which the log leaves them out.
pub(crate) const TARGET: &str = "akiba_relay::span";

/// What a span is of, as OpenTelemetry has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanKind {
    /// A request that came.
    Server,
    /// A call that is made.
    Client,
}

/// A span of this name. Like a line of the log it holds nothing that was sent; what is to be recorded later is `code`,
/// `status` and `session`.
pub(crate) fn span(kind: SpanKind, name: &str, request_id: Option<&str>) -> Span {
    if !cfg!(feature = "otel") {
        return Span::none();
    }
    let kind = match kind {
        SpanKind::Server => "server",
        SpanKind::Client => "client",
    };
    tracing::info_span!(
        target: TARGET,
        "work",
        otel.name = name,
        otel.kind = kind,
        request_id,
        code = tracing::field::Empty,
        status = tracing::field::Empty,
        session = tracing::field::Empty,
    )
}
