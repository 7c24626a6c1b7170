//! How often the relay waits for PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use akiba_relay::audit::{Action, Entry};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, UnixStream};

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::{Task, Vendor, success};

/// A proxy to PostgreSQL that counts what a relay sends: it sends all of a statement at once, and then waits.
pub(super) struct Counted {
    pub(super) database: Database,
    count: Arc<AtomicUsize>,
    _task: Task<()>,
}

impl Counted {
    pub(super) async fn to(database: &Database) -> Self {
        let (place, name) = (database.socket(), database.name());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url =
            format!("postgres://relay@127.0.0.1:{}/{name}?sslmode=disable", listener.local_addr().unwrap().port());
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let task = tokio::spawn(async move {
            loop {
                let (mut here_in, mut here_out) = listener.accept().await.unwrap().0.into_split();
                let (mut there_in, mut there_out) = UnixStream::connect(&place).await.unwrap().into_split();
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    let mut bytes = [0; 16_384];
                    while let Ok(length @ 1..) = here_in.read(&mut bytes).await {
                        counted.fetch_add(1, Ordering::Relaxed);
                        there_out.write_all(&bytes[..length]).await.unwrap();
                    }
                });
                tokio::spawn(async move { copy(&mut there_in, &mut here_out).await });
            }
        });
        Self { database: database.at(&url), count, _task: Task::of(task) }
    }

    /// How often the relay has sent something.
    pub(super) fn sent(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_waits_six_times_for_postgres() {
    const COUNT: usize = 40;
    let database = Database::postgres();
    let proxy = Counted::to(&database).await;
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&proxy.database, &vendor.base, &["--database-connections=2"]).await;
    let verify = async || {
        let (page, _) = bank.linked().await;
        success(bank.verify(&page, &json!({}))).await;
    };
    // The first ones open the connections and prepare the statements.
    for _ in 0..4 {
        verify().await;
    }
    let before = proxy.sent();
    for _ in 0..COUNT {
        verify().await;
    }
    let each = (proxy.sent() - before) / COUNT;
    // The session, its two writes for the link, its read, the attempt, the verdict. Background tasks add less than one.
    assert!((6..=7).contains(&each), "{each}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_given_up_holds_no_lock() {
    let database = Database::postgres();
    let vendor = Vendor::verifying().await;
    let bank = Bank::open(&database, &vendor.base, &[]).await;
    let entry = Entry::of_key(Action::Delete, "bank", "request", "none", 0);
    // It begins a transaction, and finds nothing to delete.
    assert!(!bank.sessions.store().delete_session("none", &entry).await.unwrap());
    let open = "SELECT count(*)::text FROM pg_stat_activity \
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(database.sql(open).await, "0");
}
