//! Sends spans to the OpenTelemetry collector of `--otel-endpoint` ([`Exporter`]).

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use http::{Request, Response};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reqwest::Client;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use super::traces::TARGET;
use crate::http_client;
use crate::http_client::route::Route;

/// Longest wait for the collector.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends spans to the collector, in a thread of its own.
#[derive(Clone, Debug)]
pub struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Creates an exporter to this collector (OTLP over HTTP) without sending anything yet. Call it within a Tokio
    /// runtime.
    ///
    /// # Errors
    /// When the client can't be built.
    pub fn to(endpoint: &Url) -> Result<Self, Box<dyn std::error::Error>> {
        let client = http_client::build("traces", &Route::default(), |client| client.timeout(TIMEOUT))?;
        let client = Collector { client, runtime: Handle::current() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()?;
        let resource = Resource::builder_empty().with_service_name("akiba-relay").build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// Returns the layer that collects the spans of the process.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer("akiba-relay"));
        // Source locations and thread names do not help an operator.
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        layer.with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends the remaining spans. Blocks until that is done.
    pub fn end(&self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "could not send the last spans");
        }
    }
}

/// The HTTP client for the collector. The exporter has a thread outside the Tokio runtime, but the client must run
/// inside.
#[derive(Debug)]
struct Collector {
    client: Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let answer = self.runtime.spawn(async move {
            let request = reqwest::Request::try_from(request)?;
            client.execute(request).await.map_err(reqwest::Error::without_url)
        });
        let answer = answer.await??;
        // The body is dropped: the status alone says whether the collector accepted the spans.
        Ok(Response::builder().status(answer.status()).body(Bytes::new())?)
    }
}
