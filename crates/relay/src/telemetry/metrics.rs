//! The metrics for the operator's Prometheus ([`Metrics`], [`metrics`]). There is one instance for the process, as with
//! the log, so that any code can count. Label values are fixed words of this program, never an id, a path or other data
//! from a request.

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

use super::process::Process;
use super::readings::{Reading, Readings};
use super::traces::{SpanKind, span};
use crate::lifecycle::State;

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the histograms in seconds: from a call that needs neither database nor vendor to the vendor's
/// timeout.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 10.0, 30.0];

/// The limits that reject calls or connections.
const LIMITS: [&str; 12] = [
    "address",
    "address-verdicts",
    "api-key",
    "breaker",
    "connections",
    "handoff-waits",
    "host-calls",
    "idle-connections",
    "in-flight",
    "session",
    "session-verdicts",
    "widget",
];

/// The states of the circuit breaker.
const BREAKER_STATES: [&str; 3] = ["closed", "half-open", "open"];

/// A fixed word of this program.
type Word = &'static str;

/// An error that has a word in the metrics.
pub trait MetricWord {
    /// Returns the word for the error.
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
    ResultLabel { result },
    BreakerLabel { state }
);

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// All metrics.
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
    breaker: Family<BreakerLabel, Gauge>,
    moves: Family<StateLabel, Counter>,
    messages: Family<StatusLabel, Gauge>,
    readings: Readings,
    process: Registry,
    database_waiting: Gauge,
    writer_wait: Histogram,
    deliveries: Family<ResultLabel, Counter>,
    database_errors: Family<KindLabel, Counter>,
    certificates: Family<ResultLabel, Counter>,
    secrets: Family<ResultLabel, Counter>,
    log_lines_dropped: Counter,
}

/// Returns the metrics of the process.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

fn times<L: Clone + std::hash::Hash + Eq>() -> Times<L> {
    Family::new_with_constructor(|| Histogram::new(BOUNDS))
}

/// Counts one running operation in a gauge until it is dropped.
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
            breaker: Family::default(),
            moves: Family::default(),
            messages: Family::default(),
            readings: Readings::default(),
            process: Registry::default(),
            database_waiting: Gauge::default(),
            writer_wait: Histogram::new(BOUNDS),
            deliveries: Family::default(),
            database_errors: Family::default(),
            certificates: Family::default(),
            secrets: Family::default(),
            log_lines_dropped: Counter::default(),
        };
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let registry = &mut all.registry;
        registry.register("build", "Version of the program", version);
        registry.register("http_requests", "Requests that have ended, by the pattern of the path and by code: the error's code, `ok`, or `caller-gone` if the caller hung up", all.requests.clone());
        registry.register_with_unit("http_request_duration", "Time from the head of a request to its answer", Unit::Seconds, all.request_times.clone());
        registry.register("http_requests_in_flight", "Requests that are running", all.requests_running.clone());
        registry.register("limited", "Calls and connections that were rejected, by limit: the rate limits, the connections of one address, --max-in-flight", all.limited.clone());
        registry.register("connections", "Open connections, by listener: `service` or `admin`", all.connections.clone());
        registry.register("vendor_calls", "Calls to the vendor, by call and result: the error's code, `ok`, or `caller-gone` if the caller hung up", all.vendor_calls.clone());
        registry.register_with_unit("vendor_call_duration", "Duration of calls to the vendor, including failed ones", Unit::Seconds, all.vendor_times.clone());
        registry.register("vendor_calls_in_flight", "Calls to the vendor that are running", all.vendor_running.clone());
        registry.register("vendor_breaker", "Whether the circuit breaker for the vendor is in this state; it asks for no links while it is `open`", all.breaker.clone());
        registry.register("session_transitions", "Transitions of sessions at this relay, by the new state, or `deleted`", all.moves.clone());
        registry.register("webhook_messages", "Webhooks in the database, by status, of all relays; absent while the database does not answer", all.messages.clone());
        registry.register("webhook_deliveries", "Attempts to deliver a webhook, by result", all.deliveries.clone());
        registry.register("database_errors", "Database operations that failed, by kind; `unavailable` may be temporary", all.database_errors.clone());
        registry.register("database_operations_waiting", "Database operations that wait for a connection", all.database_waiting.clone());
        registry.register_with_unit("database_writer_wait", "Time for which writes to SQLite waited for other writes", Unit::Seconds, all.writer_wait.clone());
        registry.register("certificate_loads", "Attempts to load the changed certificate, by result", all.certificates.clone());
        registry.register("secret_loads", "Attempts to load a changed file of keys or a changed token, by result", all.secrets.clone());
        registry.register("log_lines_dropped", "Log lines that were dropped because standard error was not read fast enough", all.log_lines_dropped.clone());
        registry.register_collector(Box::new(all.readings.clone()));
        all.process.register_collector(Box::new(Process));
        all.begin_at_zero();
        all
    }

    /// Creates the counters whose labels are known, at zero. Prometheus would miss the first increase of a counter that
    /// first appears with the value one.
    fn begin_at_zero(&self) {
        drop(self.requests.get_or_create(&RequestLabels { route: "none".to_owned(), code: "not-found" }));
        drop(self.request_times.get_or_create(&RouteLabel { route: "none".to_owned() }));
        for limit in LIMITS {
            drop(self.limited.get_or_create(&LimitLabel { limit }));
        }
        drop(self.connections.get_or_create(&ListenerLabel { listener: "service" }));
        self.breaker_is("closed");
        for call in ["link", "verify"] {
            drop(self.vendor_times.get_or_create(&CallLabel { call }));
            drop(self.vendor_calls.get_or_create(&VendorCallLabels { call, result: "ok" }));
        }
        for to in State::ALL {
            drop(self.moves.get_or_create(&StateLabel { to: to.as_str() }));
        }
        self.readings.set(Reading::OldestWebhook, Some(0));
        self.readings.set(Reading::SecretsOutdated, Some(0));
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
            drop(self.secrets.get_or_create(&ResultLabel { result }));
        }
    }

    /// Returns all metrics as text, of the type [`MEDIA_TYPE`].
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        let _ = text::encode_registry(&mut out, &self.registry)
            .and_then(|()| text::encode_registry(&mut out, &self.process))
            .and_then(|()| text::encode_eof(&mut out));
        out
    }

    pub(crate) fn request_started(&self) -> InFlight {
        InFlight::on(&self.requests_running)
    }

    pub(crate) fn request_ended(&self, route: &str, code: Word, time: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), code }).inc();
        self.request_times.get_or_create(&RouteLabel { route: route.to_owned() }).observe(time.as_secs_f64());
    }

    /// Counts a call or connection that a limit rejected.
    pub fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&LimitLabel { limit }).inc();
    }

    pub(crate) fn connected(&self, listener: Word) -> InFlight {
        InFlight::on(&self.connections.get_or_create(&ListenerLabel { listener }))
    }

    /// Runs a call to the vendor, measures its duration and counts its result. If the caller hangs up after a `silence`
    /// of the vendor, the result is `timeout`.
    ///
    /// # Errors
    /// The errors of the call.
    pub async fn vendor_call<T, E: MetricWord>(
        &self,
        call: &'static str,
        silence: Duration,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let _in_flight = InFlight::on(&self.vendor_running);
        let started = Instant::now();
        let span = span(SpanKind::Client, call, None);
        let ended = |result: &'static str| {
            self.vendor_times.get_or_create(&CallLabel { call }).observe(started.elapsed().as_secs_f64());
            span.record("code", result);
            self.vendor_calls.get_or_create(&VendorCallLabels { call, result }).inc();
        };
        let caller_gone = scopeguard::guard((), |()| {
            ended(if started.elapsed() < silence { "caller-gone" } else { "timeout" });
        });
        let outcome = work.instrument(span.clone()).await;
        scopeguard::ScopeGuard::into_inner(caller_gone);
        ended(outcome.as_ref().err().map_or("ok", E::metric_word));
        outcome
    }

    /// Sets the state of the circuit breaker: `closed`, `open` or `half-open`.
    pub(crate) fn breaker_is(&self, is: Word) {
        for state in BREAKER_STATES {
            self.breaker.get_or_create(&BreakerLabel { state }).set(i64::from(state == is));
        }
    }

    pub(crate) fn session_moved(&self, to: Word) {
        self.moves.get_or_create(&StateLabel { to }).inc();
    }

    pub(crate) fn sessions_deleted(&self, count: u64) {
        self.moves.get_or_create(&StateLabel { to: "deleted" }).inc_by(count);
    }

    /// Sets a gauge that is read for each scrape, or marks it as not known.
    pub(crate) fn read(&self, reading: Reading, value: Option<i64>) {
        self.readings.set(reading, value);
    }

    /// Sets the numbers of webhooks of each status. They have no samples if the database does not answer.
    pub(crate) fn messages(&self, counts: Option<[(Word, i64); 2]>) {
        match counts {
            Some(counts) => {
                for (status, count) in counts {
                    self.messages.get_or_create(&StatusLabel { status }).set(count);
                }
            }
            None => self.messages.clear(),
        }
    }

    pub(crate) fn database_waiting(&self) -> InFlight {
        InFlight::on(&self.database_waiting)
    }

    pub(crate) fn writer_waited(&self, time: Duration) {
        self.writer_wait.observe(time.as_secs_f64());
    }

    pub(crate) fn delivered(&self, result: Word) {
        self.deliveries.get_or_create(&ResultLabel { result }).inc();
    }

    pub(crate) fn database_failed(&self, kind: Word) {
        self.database_errors.get_or_create(&KindLabel { kind }).inc();
    }

    pub(crate) fn log_line_dropped(&self) {
        self.log_lines_dropped.inc();
    }

    pub(crate) fn secret_read(&self, result: Word) {
        self.secrets.get_or_create(&ResultLabel { result }).inc();
    }

    pub(crate) fn certificate_read(&self, result: Word) {
        self.certificates.get_or_create(&ResultLabel { result }).inc();
    }
}
