//! Delivers the webhooks of the [`Outbox`] ([`run`]). If a relay is killed, the webhooks that it had claimed are sent
//! again once the claim has expired. So every webhook is delivered at least once, always with the same id.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::backoff::{delay, is_exhausted};
use super::endpoints::Endpoint;
use super::outbox::Outbox;
use crate::clock::milliseconds;
use crate::store::StoreError;
use crate::store::outbox::Message;
use crate::telemetry::metrics::metrics;
use crate::telemetry::traces::{SpanKind, span};

/// Maximum number of concurrent deliveries to one endpoint.
const MAX_CONCURRENT: usize = 32;

/// Longest pause between two reads of the database. Nothing else reports that a retry is due, or that a crashed relay
/// left a webhook behind.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Pause after a failure of the database.
const PAUSE: Duration = Duration::from_secs(2);

/// Delivers webhooks until [`Outbox::stop_claiming`]. Each endpoint has a worker of its own, so a slow receiver delays no
/// other one. If the endpoints change, other workers take over. Deliveries that run go on.
pub async fn run(outbox: Arc<Outbox>) {
    let mut endpoints = outbox.endpoints.watched();
    while !outbox.shutdown.stopping.is_cancelled() {
        let stopping = outbox.shutdown.stopping.child_token();
        let mut workers = JoinSet::new();
        for endpoint in endpoints.borrow_and_update().iter() {
            workers.spawn(work(Arc::clone(&outbox), Arc::clone(endpoint), stopping.clone()));
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            _ = endpoints.changed() => stopping.cancel(),
            () = ended(&mut workers), if !workers.is_empty() => {}
        }
        ended(&mut workers).await;
    }
}

/// Waits for the end of all workers.
async fn ended(workers: &mut JoinSet<()>) {
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended
            && error.is_panic()
        {
            // The caller restarts all workers.
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

async fn work(outbox: Arc<Outbox>, endpoint: Arc<Endpoint>, stopping: CancellationToken) {
    let _running = outbox.tasks.token();
    let mut deliveries = JoinSet::new();
    while !stopping.is_cancelled() {
        while deliveries.try_join_next().is_some() {}
        // Slow deliveries do not delay the others as long as there is room for more.
        if deliveries.len() >= MAX_CONCURRENT {
            tokio::select! {
                _ = deliveries.join_next() => {}
                () = stopping.cancelled() => return,
            }
        }
        let room = MAX_CONCURRENT - deliveries.len();
        match start_due(&outbox, &endpoint, room, 0, &mut deliveries).await {
            Ok(0) => tokio::select! {
                () = stopping.cancelled() => {}
                () = endpoint.wake.notified() => {}
                Some(_) = deliveries.join_next() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            },
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(endpoint = endpoint.id, %error, "webhooks wait for the database");
                let _ = stopping.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
            }
        }
    }
}

/// Delivers the webhooks that are due now. Returns their number.
///
/// # Errors
/// [`StoreError`] if the webhooks could not be claimed.
pub async fn deliver_due(outbox: &Arc<Outbox>) -> Result<usize, StoreError> {
    let mut count = 0;
    for endpoint in outbox.endpoints.all().iter() {
        count += deliver_since(outbox, endpoint, 0).await?;
    }
    Ok(count)
}

/// Delivers the webhooks of the last verdicts, created since [`Outbox::stop_claiming`]. Leaves older ones to the next
/// relay.
///
/// # Errors
/// [`StoreError`] if the webhooks of an endpoint could not be claimed.
pub async fn deliver_new(outbox: &Arc<Outbox>) -> Result<(), StoreError> {
    let Some(&since) = outbox.shutdown.stopped_at.get() else { return Ok(()) };
    let mut endpoints = JoinSet::new();
    for endpoint in outbox.endpoints.all().iter() {
        let (outbox, endpoint) = (Arc::clone(outbox), Arc::clone(endpoint));
        endpoints.spawn(async move {
            while deliver_since(&outbox, &endpoint, since).await? > 0 {}
            Ok(())
        });
    }
    let mut result = Ok(());
    while let Some(ended) = endpoints.join_next().await {
        // The deliveries of the other endpoints go on.
        result = result.and(ended.unwrap_or_else(|_| Err(panicked())));
    }
    result
}

async fn deliver_since(outbox: &Arc<Outbox>, endpoint: &Arc<Endpoint>, since: i64) -> Result<usize, StoreError> {
    let mut deliveries = JoinSet::new();
    let count = start_due(outbox, endpoint, MAX_CONCURRENT, since, &mut deliveries).await?;
    while deliveries.join_next().await.is_some() {}
    Ok(count)
}

/// Claims up to `room` webhooks of an endpoint that are due and were created at `since` or later, and starts their
/// deliveries.
async fn start_due(
    outbox: &Arc<Outbox>,
    endpoint: &Arc<Endpoint>,
    room: usize,
    since: i64,
    deliveries: &mut JoinSet<()>,
) -> Result<usize, StoreError> {
    // The relay waits for these tasks when it shuts down. A claim without a delivery would hold until its end.
    let claim = claim_and_start(Arc::clone(outbox), Arc::clone(endpoint), room, since);
    let started = outbox.tasks.spawn(claim.in_current_span()).await.map_err(|_| panicked())??;
    let count = started.len();
    for delivery in started {
        deliveries.spawn(async move {
            let _ = delivery.await;
        });
    }
    Ok(count)
}

fn panicked() -> StoreError {
    StoreError::Fault("the claim of webhooks panicked".to_owned())
}

async fn claim_and_start(
    outbox: Arc<Outbox>,
    endpoint: Arc<Endpoint>,
    room: usize,
    since: i64,
) -> Result<Vec<JoinHandle<()>>, StoreError> {
    let claimed = outbox.claim(&endpoint, room, since).await?;
    let start = |message| {
        let delivery = finish_or_give_back(Arc::clone(&outbox), Arc::clone(&endpoint), message);
        outbox.tasks.spawn(delivery.in_current_span())
    };
    Ok(claimed.into_iter().map(start).collect())
}

/// Delivers a webhook, or releases its claim if the relay ends before.
async fn finish_or_give_back(outbox: Arc<Outbox>, endpoint: Arc<Endpoint>, message: Message) {
    let delivered = outbox.shutdown.giving_back.run_until_cancelled(deliver(&outbox, &endpoint, &message)).await;
    if delivered.is_none() {
        match outbox.store.release_message(&message.id).await {
            Ok(()) => {
                tracing::info!(webhook = message.id, "a delivery was aborted; the next relay delivers the webhook")
            }
            Err(error) => {
                tracing::warn!(webhook = message.id, %error, "a webhook stays claimed until its claim expires");
            }
        }
    }
}

async fn deliver(outbox: &Outbox, endpoint: &Endpoint, message: &Message) {
    let (store, id) = (&outbox.store, message.id.as_str());
    let now = outbox.clock.now();
    let result = match outbox.open(message) {
        Ok(body) => {
            let sending = endpoint.sender.send(id, now.div_euclid(1_000), body);
            sending.instrument(span(SpanKind::Client, "webhook", None)).await
        }
        Err(error) => Err(error.to_string()),
    };
    let now = outbox.clock.now();
    let attempts = message.attempts.saturating_add(1);
    let next_at = retry_at(now, attempts);
    let stored = match &result {
        Ok(status) => {
            metrics().delivered("delivered");
            let result = format!("status {}", status.as_u16());
            store.finish_message(id, "delivered", &result, now).await
        }
        Err(reason) if is_exhausted(attempts, next_at, message.give_up_at) => {
            metrics().delivered("given-up");
            tracing::error!(webhook = id, endpoint = endpoint.id, attempts, reason, "a webhook was given up");
            store.finish_message(id, "failed", reason, now).await
        }
        Err(reason) => {
            metrics().delivered("put-off");
            tracing::warn!(
                webhook = id,
                endpoint = endpoint.id,
                attempts,
                reason,
                "a webhook was not delivered; the relay retries later"
            );
            store.postpone_message(id, next_at, reason).await
        }
    };
    // If the result can't be stored, the webhook is sent again once the claim has expired.
    if let Err(error) = stored {
        tracing::warn!(webhook = id, %error, "the result of a webhook delivery could not be stored");
    }
}

/// Returns when to retry after attempt number `attempts`, which failed at `now`. Each webhook gets its own random
/// jitter, so that webhooks that failed at the same instant are not retried at the same instant.
fn retry_at(now: i64, attempts: i64) -> i64 {
    let mut random = [0; 2];
    // If the random generator fails, the webhook is still retried, without jitter.
    let _ = SystemRandom::new().fill(&mut random);
    let jitter = u16::from_ne_bytes(random);
    now.saturating_add(milliseconds(delay(attempts, jitter)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::retry_at;

    #[test]
    fn webhooks_that_fail_together_are_retried_at_different_times() {
        // A few equal times can be chance; 16 of 32 can't.
        let times: HashSet<i64> = (0..32).map(|_| retry_at(1_700_000_000_000, 3)).collect();
        assert!(times.len() > 16, "{times:?}");
    }
}
