//! Changes of PostgreSQL that share a statement.

use std::sync::Arc;
use std::time::Duration;

use akiba_relay::audit::{Action, Entry};
use akiba_relay::lifecycle::{Event, State};
use akiba_relay::store::lanes::with_priority;
use akiba_relay::store::links::Agreement;
use akiba_relay::store::sessions::SessionRow;
use akiba_relay::store::verdicts::{Begun, NewAttempt, NewVerdict};
use akiba_relay::store::{Store, StoreError};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::round_trips::Counted;
use crate::support::database::Database;
use crate::support::wait::until;

/// How many callers come at once.
const CALLERS: usize = 100;

/// Never reached by a test.
const LATE: i64 = 9_000_000_000_000;

fn row(id: &str) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        api_key: "bank".to_owned(),
        customer_type: "1".to_owned(),
        sealed: vec![1],
        state: State::Created,
        version: 0,
        created_at: 1,
        expires_at: LATE,
        updated_at: 1,
        links: 0,
        verifies: 0,
        attempt: None,
        link_id: None,
        lease_until: None,
        closed_at: None,
        holder: None,
    }
}

fn id(index: usize) -> String {
    format!("ses_{index:03}")
}

async fn insert(store: &Store, id: &str, idempotency: Option<&[u8]>) -> Result<(), StoreError> {
    let entry = Entry::of_key(Action::Create, "bank", "request", id, 0);
    store.insert_session(&row(id), &[], idempotency, &entry).await
}

async fn reserve(store: &Store, id: &str) -> Option<SessionRow> {
    store.try_reserve_link(id, (2, 1), 5, 5).await.unwrap()
}

async fn begin(store: &Store, row: &SessionRow, link: &str, key: Option<&[u8]>) -> Result<Begun, StoreError> {
    let attempt = format!("att_{link}");
    let new = NewAttempt {
        session: row,
        event: Event::VerifyStarted,
        attempt: &attempt,
        link_id: link,
        idempotency: key,
        cap: 1,
        person: None,
        lease_until: LATE,
        now: 7,
    };
    store.begin_attempt(new).await
}

/// Runs a call for each caller, all at once. Returns their results in order.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    callers: usize,
    call: impl Fn(usize) -> F,
) -> Vec<T> {
    let mut calls = JoinSet::new();
    for index in 0..callers {
        let call = call(index);
        calls.spawn(async move { (index, call.await) });
    }
    let mut results = calls.join_all().await;
    results.sort_by_key(|&(index, _)| index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Opens a store with a session for each caller.
async fn with_sessions(database: &Database) -> Store {
    let store = Store::open(&database.url.parse().unwrap(), 4).await.unwrap();
    let all = at_once(CALLERS, |index| {
        let store = store.clone();
        async move { insert(&store, &id(index), None).await }
    });
    assert!(all.await.iter().all(Result::is_ok));
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_verifications_at_once_share_statements_and_each_gets_its_own_results() {
    let proxy = Counted::to(&Database::postgres()).await;
    let store = with_sessions(&proxy.database).await;
    let before = proxy.sent();
    let verdicts = at_once(CALLERS, |index| {
        let store = store.clone();
        async move {
            let (session, link, own) = (id(index), format!("lnk_{index:03}"), [u8::try_from(index).unwrap()]);
            let row = reserve(&store, &session).await.unwrap();
            assert_eq!((row.id.as_str(), row.links), (session.as_str(), 1));
            // Every second one agrees to something.
            let agreement = Agreement { sealed: own.to_vec(), entry: "{}".to_owned() };
            let agreement = (index % 2 == 0).then_some(&agreement);
            assert!(store.issue_link(&row, &link, &own, agreement, 6).await.unwrap());
            let (row, links) = store.session_with_links(&session).await.unwrap().unwrap();
            assert_eq!((row.sealed[0], row.state), (if index % 2 == 0 { own[0] } else { 1 }, State::LinkIssued));
            assert_eq!((links.len(), links[0].id.as_str(), links[0].sealed[0]), (1, link.as_str(), own[0]));
            assert_eq!(begin(&store, &row, &link, Some(&own)).await, Ok(Begun::Yes));
            let verdict = NewVerdict {
                session_id: &session,
                link_id: &link,
                state: State::Verified,
                verdict: &own,
                messages: &[],
                is_final: true,
                now: 8,
            };
            assert!(store.conclude(verdict).await.unwrap());
            let (row, links) = store.session_with_links(&session).await.unwrap().unwrap();
            assert_eq!((row.state, row.verifies, row.closed_at), (State::Verified, 1, Some(8)));
            links[0].verdict.clone().unwrap()[0]
        }
    });
    let verdicts = verdicts.await;
    assert_eq!(verdicts, (0..CALLERS).map(|index| u8::try_from(index).unwrap()).collect::<Vec<_>>());
    // Six statements each, if each were alone.
    let sent = proxy.sent() - before;
    assert!(sent < 3 * CALLERS, "{sent}");
    let entries = "SELECT count(*)::text FROM audit_new WHERE record = '{}'";
    assert_eq!(proxy.database.sql(entries).await, (CALLERS / 2).to_string());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_about_the_same_session_are_counted_exactly() {
    let store = with_sessions(&Database::postgres()).await;
    let counted = at_once(CALLERS, |index| {
        let store = store.clone();
        // Three callers a session that allows two links, and one that allows none.
        async move { if index % 4 < 3 { reserve(&store, &id(index / 4)).await } else { reserve(&store, "ses_x").await } }
    });
    assert_eq!(counted.await.iter().flatten().count(), CALLERS / 4 * 2);
    for index in 0..CALLERS / 4 {
        assert_eq!(store.session(&id(index)).await.unwrap().unwrap().links, 2);
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_conflicts_fails_alone() {
    let store = with_sessions(&Database::postgres()).await;
    // The key of every session is used by the first of its two links.
    let begun = at_once(CALLERS, |index| {
        let store = store.clone();
        async move {
            let session = id(index);
            let (first, second) = (format!("lnk_{index}_1"), format!("lnk_{index}_2"));
            let row = reserve(&store, &session).await.unwrap();
            for link in [&first, &second] {
                assert!(store.issue_link(&row, link, &[1], None, 6).await.unwrap());
            }
            let row = store.session(&session).await.unwrap().unwrap();
            if index % 10 == 0 {
                assert_eq!(begin(&store, &row, &first, Some(&[9])).await, Ok(Begun::Yes));
                assert!(store.revert_attempt(&session, &format!("att_{first}"), None, true, 8).await.unwrap());
                let row = store.session(&session).await.unwrap().unwrap();
                return begin(&store, &row, &second, Some(&[9])).await;
            }
            begin(&store, &row, &second, Some(&[9])).await
        }
    });
    for (index, begun) in begun.await.into_iter().enumerate() {
        let expected = if index % 10 == 0 { Err(StoreError::Conflict) } else { Ok(Begun::Yes) };
        assert_eq!(begun, expected, "{index}");
    }
    // Two callers for each idempotency key of a session's creation.
    let inserted = at_once(CALLERS, |index| {
        let store = store.clone();
        async move { insert(&store, &format!("new_{index}"), Some(&[u8::try_from(index / 2).unwrap()])).await }
    });
    let inserted = inserted.await;
    for pair in inserted.chunks(2) {
        assert_eq!(pair.iter().filter(|one| one.is_ok()).count(), 1, "{pair:?}");
        assert!(pair.contains(&Err(StoreError::Conflict)), "{pair:?}");
    }
    store.close().await;
}

/// Locks a session for three seconds.
async fn lock_session(database: &Arc<Database>, id: &str) -> tokio::task::JoinHandle<String> {
    let sql = format!("BEGIN; SELECT id FROM sessions WHERE id = '{id}' FOR UPDATE; SELECT pg_sleep(3)::text; COMMIT");
    let own = Arc::clone(database);
    let lock = tokio::spawn(async move { own.sql(&sql).await });
    let locks = "SELECT count(*)::text FROM pg_locks JOIN pg_database ON pg_database.oid = database \
        WHERE datname = current_database() AND mode = 'RowShareLock'";
    until("the session is locked", async || database.sql(locks).await != "0").await;
    lock
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_session_stops_no_other() {
    let database = Arc::new(Database::postgres());
    let store = with_sessions(&database).await;
    let lock = lock_session(&database, "ses_007").await;
    let counted = at_once(CALLERS, |index| {
        let store = store.clone();
        async move { with_priority(timeout(Duration::from_secs(2), reserve(&store, &id(index)))).await.is_ok() }
    });
    let waiting: Vec<_> =
        counted.await.iter().enumerate().filter(|(_, done)| !**done).map(|(index, _)| index).collect();
    assert_eq!(waiting, [7]);
    lock.await.unwrap();
    // It counts what nobody waits for any more, or not; then the next caller gets a link.
    assert!(reserve(&store, "ses_007").await.is_some());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_given_up_holds_no_connection() {
    let database = Arc::new(Database::postgres());
    let store = with_sessions(&database).await;
    let lock = lock_session(&database, "ses_007").await;
    assert!(timeout(Duration::from_millis(300), reserve(&store, "ses_007")).await.is_err());
    until("the connection is closed", async || store.pool_usage().in_use == 0).await;
    assert!(!lock.is_finished(), "the change has only ended with the lock");
    lock.await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_reads_a_whole_table() {
    let database = Database::postgres();
    let store = with_sessions(&database).await;
    // Alone first: after some calls, PostgreSQL keeps a plan for any number of them.
    for callers in [1, 1, 1, 1, 1, 1, 1, CALLERS, CALLERS] {
        let links = at_once(callers, |index| {
            let store = store.clone();
            async move {
                let (row, _) = store.session_with_links(&id(index)).await.unwrap().unwrap();
                let link = format!("lnk_{}_{index}", row.version);
                reserve(&store, &row.id).await;
                assert!(store.issue_link(&row, &link, &[1], None, 6).await.unwrap());
            }
        });
        links.await;
    }
    // PostgreSQL reports the counts of a connection when that ends.
    store.close().await;
    let scans =
        "SELECT coalesce(sum(seq_tup_read), 0)::text FROM pg_stat_user_tables WHERE relname IN ('sessions', 'links')";
    assert_eq!(database.sql(scans).await, "0");
}
