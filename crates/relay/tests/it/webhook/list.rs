//! The operator's list of webhooks, with many of them.

use akiba_relay::store::outbox_admin::{LIST, LIST_BEFORE};

use crate::support::bank::Bank;
use crate::support::database::{Database, on_both};
use crate::support::receiver::Receiver;
use crate::support::{Vendor, program};

on_both!(a_list_reads_only_the_webhooks_that_it_shows);

async fn a_list_reads_only_the_webhooks_that_it_shows(database: &Database) {
    let vendor = Vendor::verifying().await;
    let receiver = Receiver::answering(|_, _| 200).await;
    let bank = Bank::open(database, &vendor.base, &[&format!("--webhook-url={}", receiver.url)]).await;
    let page = bank.judged().await;
    bank.deliver_all().await;
    for (status, prefix, count) in [("failed", "msg_f", 3), ("delivered", "msg_d", 50_000)] {
        let sql = format!(
            "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < {count}) \
             INSERT INTO outbox (id, session_id, endpoint, event, sealed, created_at, status, next_at, give_up_at) \
             SELECT '{prefix}' || n, s.id, 'bank', 'session.verified', s.sealed, 0, '{status}', 0, 0 \
             FROM counter, sessions s WHERE s.id = '{}'",
            page.id
        );
        database.sql(&sql).await;
    }
    database.sql("ANALYZE").await;

    let list = |arguments: &[&str]| {
        let (success, list) =
            program::run(&[&["webhooks", "list"], arguments].concat(), &[("AKIBA_RELAY_DATABASE", &database.url)]);
        assert!(success, "{list}");
        list.lines().map(|line| line.split("  ").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(&["--limit=2"]), ["msg_f3", "msg_f2"]);
    assert_eq!(list(&["--limit=2", "--before=msg_f2"]), ["msg_f1"]);
    assert_eq!(list(&["--status=delivered", "--limit=1", "--before=msg_d40000"]), ["msg_d39999"]);
    for sql in [LIST, LIST_BEFORE] {
        let sql = sql.replace("$1", "'failed'").replace("$2", "100").replace("$3", "'msg_f2'");
        let plan = database.plan(&sql).await;
        assert!(plan.contains("outbox_status"), "{plan}");
        for slow in ["SCAN outbox", "TEMP B-TREE", "Seq Scan", "Sort"] {
            assert!(!plan.contains(slow), "{plan}");
        }
    }
}
