//! Spans for OpenTelemetry: of requests, vendor calls, database operations and webhooks. They exist only with the Cargo
//! feature `otel`, and go only to the collector of `--otel-endpoint`. The relay sends no trace id to the vendor or to
//! webhooks, and ignores the trace id of a caller.

use tracing::Span;

/// The target of all spans. The log filters it out.
pub(crate) const TARGET: &str = "akiba_relay::span";

/// The kind of a span, as OpenTelemetry defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanKind {
    /// An incoming request.
    Server,
    /// An outgoing call.
    Client,
}

/// Creates a span. Like a log line it holds no data from the request. The fields `code`, `status` and `session` are
/// recorded later.
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
