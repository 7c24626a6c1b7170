//! Delivers the webhooks of the [`Outbox`] ([`run`]). A relay that is killed at any point sends what it had claimed again
//! when the claim's time is over: every webhook arrives at least once, with the id that it always had.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::backoff::{delay, is_exhausted};
use super::delivery::Sender;
use super::outbox::Outbox;
use crate::clock::milliseconds;
use crate::store::StoreError;
use crate::store::outbox::Message;
use crate::telemetry::metrics::metrics;
use crate::telemetry::traces::{SpanKind, span};

/// Most webhooks that are on their way at once.
const MAX_CONCURRENT: usize = 32;

/// Longest sleep between two looks: what another relay's crash left, or a clock made due, is found by looking.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(2);

/// Delivers webhooks until it is dropped. Ends at once where none are set up.
pub async fn run(outbox: Arc<Outbox>) {
    let Some(sender) = &outbox.sender else { return };
    let mut deliveries = JoinSet::new();
    loop {
        while deliveries.try_join_next().is_some() {}
        // A receiver that is slow about some does not hold up the others, as long as there is room.
        if deliveries.len() >= MAX_CONCURRENT {
            deliveries.join_next().await;
        }
        let room = MAX_CONCURRENT - deliveries.len();
        match start_due(&outbox, sender, room, &mut deliveries).await {
            Ok(0) => tokio::select! {
                () = outbox.wake.notified() => {}
                Some(_) = deliveries.join_next() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            },
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "webhooks wait for the database");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Delivers the webhooks that are due now, and returns how many there were.
///
/// # Errors
/// [`StoreError`] when nothing could be claimed.
pub async fn deliver_due(outbox: &Arc<Outbox>) -> Result<usize, StoreError> {
    let Some(sender) = &outbox.sender else { return Ok(0) };
    let mut deliveries = JoinSet::new();
    let count = start_due(outbox, sender, MAX_CONCURRENT, &mut deliveries).await?;
    while deliveries.join_next().await.is_some() {}
    Ok(count)
}

/// Claims the webhooks that are due, at most `room`, and starts to deliver them.
async fn start_due(
    outbox: &Arc<Outbox>,
    sender: &Sender,
    room: usize,
    deliveries: &mut JoinSet<()>,
) -> Result<usize, StoreError> {
    let claimed = outbox.claim(sender, room).await?;
    let count = claimed.len();
    for message in claimed {
        // As work that the relay's end waits for: one that is cut would be sent again only when its claim is over.
        let delivery = outbox.tasks.spawn(deliver(Arc::clone(outbox), message).in_current_span());
        deliveries.spawn(async move {
            let _ = delivery.await;
        });
    }
    Ok(count)
}

async fn deliver(outbox: Arc<Outbox>, message: Message) {
    let Some(sender) = &outbox.sender else { return };
    let (store, id) = (&outbox.store, message.id.as_str());
    let now = outbox.clock.now();
    let result = match outbox.open(&message) {
        Ok(body) => {
            sender.send(id, now.div_euclid(1_000), body).instrument(span(SpanKind::Client, "webhook", None)).await
        }
        Err(error) => Err(error.to_string()),
    };
    let now = outbox.clock.now();
    let attempts = message.attempts.saturating_add(1);
    let next_at = retry_at(now, attempts);
    let kept = match &result {
        Ok(status) => {
            metrics().delivered("delivered");
            let result = format!("status {}", status.as_u16());
            store.finish_message(id, "delivered", &result, now).await
        }
        Err(reason) if is_exhausted(attempts, next_at, message.give_up_at) => {
            metrics().delivered("given-up");
            tracing::error!(webhook = id, attempts, reason, "a webhook was given up");
            store.finish_message(id, "failed", reason, now).await
        }
        Err(reason) => {
            metrics().delivered("put-off");
            tracing::warn!(webhook = id, attempts, reason, "a webhook was put off");
            store.postpone_message(id, next_at, reason).await
        }
    };
    // What was sent and could not be marked is sent again when the claim is over.
    if let Err(error) = kept {
        tracing::warn!(webhook = id, %error, "a webhook could not be marked");
    }
}

/// Returns when to try again after the `attempts`-th try, which failed at `now`. The time has a random part of its own for
/// each webhook: those that failed at one instant must not all come back at one instant.
fn retry_at(now: i64, attempts: i64) -> i64 {
    let mut random = [0; 2];
    // Without randomness the webhook is still retried, only with no random part.
    let _ = SystemRandom::new().fill(&mut random);
    let chance = u16::from_ne_bytes(random);
    now.saturating_add(milliseconds(delay(attempts, chance)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::retry_at;

    #[test]
    fn messages_that_fail_at_one_instant_are_not_retried_at_one_instant() {
        // Two may meet by chance; thirty-two all alike would be no chance.
        let times: HashSet<i64> = (0..32).map(|_| retry_at(1_700_000_000_000, 3)).collect();
        assert!(times.len() > 16, "{times:?}");
    }
}
