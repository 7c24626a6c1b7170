//! What the operator's Prometheus is told ([`Metrics`], [`metrics`]). As with the log there is one for the process, so
//! that whatever happens can be counted where it happens. Labels hold words of this program alone: never an id, a path or
//! anything that was sent.

use std::future::Future;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tracing::Instrument;

use super::traces::{SpanKind, span};
use crate::lifecycle::State;

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds: from a call that asks nobody to the vendor's time-out.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 10.0, 30.0];

/// A word of this program.
type Word = &'static str;

/// An error that the metrics can name.
pub trait MetricWord {
    /// Returns the word for it.
    fn metric_word(&self) -> &'static str;
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    code: Word,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VendorCallLabels {
    call: Word,
    result: Word,
}

macro_rules! one_label {
    ($($set:ident { $label:ident }),* $(,)?) => {
        $(#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $set {
            $label: Word,
        })*
    };
}
one_label!(
    CallLabel { call },
    LimitLabel { limit },
    ListenerLabel { listener },
    StatusLabel { status },
    StateLabel { to },
    KindLabel { kind },
    ResultLabel { result }
);

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_times: Times<RouteLabel>,
    requests_running: Gauge,
    limited: Family<LimitLabel, Counter>,
    connections: Family<ListenerLabel, Gauge>,
    vendor_calls: Family<VendorCallLabels, Counter>,
    vendor_times: Times<CallLabel>,
    vendor_running: Gauge,
    moves: Family<StateLabel, Counter>,
    messages: Family<StatusLabel, Gauge>,
    oldest_message: Gauge,
    deliveries: Family<ResultLabel, Counter>,
    database_errors: Family<KindLabel, Counter>,
    certificates: Family<ResultLabel, Counter>,
}

/// The process's metrics.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

fn times<L: Clone + std::hash::Hash + Eq>() -> Times<L> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// What goes on as long as this is there.
#[derive(Debug)]
#[must_use]
pub struct InFlight(Gauge);

impl InFlight {
    fn on(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    #[rustfmt::skip]
    fn new() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("akiba_relay"),
            requests: Family::default(),
            request_times: times(),
            requests_running: Gauge::default(),
            limited: Family::default(),
            connections: Family::default(),
            vendor_calls: Family::default(),
            vendor_times: times(),
            vendor_running: Gauge::default(),
            moves: Family::default(),
            messages: Family::default(),
            oldest_message: Gauge::default(),
            deliveries: Family::default(),
            database_errors: Family::default(),
            certificates: Family::default(),
        };
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let registry = &mut all.registry;
        registry.register("build", "The program that runs", version);
        registry.register("http_requests", "Requests that have ended, by the path's pattern and by the problem's code, `ok` or `caller-gone`", all.requests.clone());
        registry.register_with_unit("http_request_duration", "Time from a request's head to its answer", Unit::Seconds, all.request_times.clone());
        registry.register("http_requests_in_flight", "Requests that are at work", all.requests_running.clone());
        registry.register("limited", "What was turned away, by the limit: the rates, the connections of one address, --max-in-flight", all.limited.clone());
        registry.register("connections", "Open connections, of callers (`service`) and of the operator (`admin`)", all.connections.clone());
        registry.register("vendor_calls", "Calls to the vendor, by call and result", all.vendor_calls.clone());
        registry.register_with_unit("vendor_call_duration", "Time that the vendor took, its failures included", Unit::Seconds, all.vendor_times.clone());
        registry.register("vendor_calls_in_flight", "Calls that are at the vendor", all.vendor_running.clone());
        registry.register("session_transitions", "Moves of sessions at this relay, by the state that they led to, or `deleted`", all.moves.clone());
        registry.register("webhook_messages", "Webhooks in the database, by status, all relays' together; read when asked", all.messages.clone());
        registry.register_with_unit("webhook_oldest_pending", "Age of the oldest webhook that waits, all relays' together; 0 if none does", Unit::Seconds, all.oldest_message.clone());
        registry.register("webhook_deliveries", "Tries to deliver a webhook, by result", all.deliveries.clone());
        registry.register("database_errors", "Operations of the database that failed, by kind; `unavailable` may mend itself", all.database_errors.clone());
        registry.register("certificate_loads", "Times that the certificate was read, by result", all.certificates.clone());
        all.begin_at_zero();
        all
    }

    /// Makes what is known beforehand: a counter that begins at one hides its first rise.
    fn begin_at_zero(&self) {
        drop(self.requests.get_or_create(&RequestLabels { route: "none".to_owned(), code: "not-found" }));
        drop(self.request_times.get_or_create(&RouteLabel { route: "none".to_owned() }));
        for limit in ["address", "api-key", "connections", "in-flight", "session"] {
            drop(self.limited.get_or_create(&LimitLabel { limit }));
        }
        drop(self.connections.get_or_create(&ListenerLabel { listener: "service" }));
        for call in ["link", "verify"] {
            drop(self.vendor_times.get_or_create(&CallLabel { call }));
            drop(self.vendor_calls.get_or_create(&VendorCallLabels { call, result: "ok" }));
        }
        for to in State::ALL {
            drop(self.moves.get_or_create(&StateLabel { to: to.as_str() }));
        }
        for status in ["pending", "failed"] {
            drop(self.messages.get_or_create(&StatusLabel { status }));
        }
        for result in ["delivered", "put-off", "given-up"] {
            drop(self.deliveries.get_or_create(&ResultLabel { result }));
        }
        for kind in ["unavailable", "fault"] {
            drop(self.database_errors.get_or_create(&KindLabel { kind }));
        }
        for result in ["ok", "failed"] {
            drop(self.certificates.get_or_create(&ResultLabel { result }));
        }
    }

    /// All of them, as [`MEDIA_TYPE`].
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // A `String` takes whatever is written.
        let _ = text::encode(&mut out, &self.registry);
        out
    }

    pub(crate) fn request_started(&self) -> InFlight {
        InFlight::on(&self.requests_running)
    }

    pub(crate) fn request_ended(&self, route: &str, code: Word, time: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), code }).inc();
        self.request_times.get_or_create(&RouteLabel { route: route.to_owned() }).observe(time.as_secs_f64());
    }

    /// Counts a call that was turned away by a limit.
    pub fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&LimitLabel { limit }).inc();
    }

    pub(crate) fn connected(&self, listener: Word) -> InFlight {
        InFlight::on(&self.connections.get_or_create(&ListenerLabel { listener }))
    }

    /// Times a call to the vendor and counts its result.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn vendor_call<T, E: MetricWord>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let _in_flight = InFlight::on(&self.vendor_running);
        let started = Instant::now();
        let span = span(SpanKind::Client, call, None);
        let done = work.instrument(span.clone()).await;
        self.vendor_times.get_or_create(&CallLabel { call }).observe(started.elapsed().as_secs_f64());
        let result = done.as_ref().err().map_or("ok", E::metric_word);
        span.record("code", result);
        self.vendor_calls.get_or_create(&VendorCallLabels { call, result }).inc();
        done
    }

    pub(crate) fn session_moved(&self, to: Word) {
        self.moves.get_or_create(&StateLabel { to }).inc();
    }

    pub(crate) fn sessions_deleted(&self, count: u64) {
        self.moves.get_or_create(&StateLabel { to: "deleted" }).inc_by(count);
    }

    /// What the database says of webhooks: how many of each status, and the age of the oldest that waits.
    pub(crate) fn messages(&self, counts: &[(Word, i64)], oldest: Duration) {
        for &(status, count) in counts {
            self.messages.get_or_create(&StatusLabel { status }).set(count);
        }
        self.oldest_message.set(i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX));
    }

    pub(crate) fn delivered(&self, result: Word) {
        self.deliveries.get_or_create(&ResultLabel { result }).inc();
    }

    pub(crate) fn database_failed(&self, kind: Word) {
        self.database_errors.get_or_create(&KindLabel { kind }).inc();
    }

    pub(crate) fn certificate_read(&self, result: Word) {
        self.certificates.get_or_create(&ResultLabel { result }).inc();
    }
}
