//! PostgreSQL behind a connection pooler in transaction mode, such as PgBouncer ([`begin`]). The pooler lends the relay a
//! connection of the server for one transaction. So nothing of a connection outlives a transaction: neither its settings
//! nor its prepared statements.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use super::durability;

/// Returns options whose start-up message a pooler accepts: it has no settings of the server.
pub(super) fn options(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().application_name("akiba-relay").extra_float_digits(None).statement_cache_capacity(0)
}

/// Begins a transaction with the settings that a direct connection has from its start.
pub(super) async fn begin(
    connection: &mut PgConnection,
    timeout: Duration,
) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
    let timeout = timeout.as_millis();
    let begin = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = {timeout}; \
         SET LOCAL lock_timeout = {timeout}; SET LOCAL idle_in_transaction_session_timeout = {timeout}; \
         SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
    );
    connection.begin_with(begin).await
}

/// Migrates the tables in one transaction, with a lock that ends with it. It has no timeouts: another relay may be
/// running the migrations, and tables may be large. Returns the warnings of [`durability::warnings`].
pub(super) async fn migrate(
    connection: &mut PgConnection,
    mut migrator: Migrator,
) -> Result<Vec<String>, MigrateError> {
    /// Any number that other programs on the database do not use.
    const LOCK: &str = "SELECT pg_advisory_xact_lock(6240947155803912)";
    // sqlx names the statements of migrations, and another relay may have left the same names on this connection.
    const FORGET: &str = "DEALLOCATE ALL";
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").execute(&mut *transaction).await?;
    sqlx::raw_sql(LOCK).execute(&mut *transaction).await?;
    sqlx::raw_sql(FORGET).execute(&mut *transaction).await?;
    migrator.set_locking(false).run(&mut *transaction).await?;
    let warnings = durability::warnings(&mut transaction).await?;
    sqlx::raw_sql(FORGET).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(warnings)
}
