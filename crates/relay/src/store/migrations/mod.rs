//! The tables of the database. A file, once released, never changes: a change of the tables is a new file, for both
//! databases.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The migrations of SQLite.
pub(super) fn sqlite() -> Migrator {
    migrator(&[
        (1, "sessions", include_str!("sqlite/0001_sessions.sql")),
        (2, "endpoints", include_str!("sqlite/0002_endpoints.sql")),
        (3, "session lists", include_str!("sqlite/0003_session_lists.sql")),
        (4, "persons", include_str!("sqlite/0004_persons.sql")),
        (5, "audit", include_str!("sqlite/0005_audit.sql")),
        (6, "open sessions", include_str!("sqlite/0006_open_sessions.sql")),
        (7, "hand-offs", include_str!("sqlite/0007_handoffs.sql")),
        (8, "due sessions", include_str!("sqlite/0008_due_sessions.sql")),
    ])
}

/// The migrations of PostgreSQL.
pub(super) fn postgres() -> Migrator {
    migrator(&[
        (1, "sessions", include_str!("postgres/0001_sessions.sql")),
        (2, "endpoints", include_str!("postgres/0002_endpoints.sql")),
        (3, "session lists", include_str!("postgres/0003_session_lists.sql")),
        (4, "persons", include_str!("postgres/0004_persons.sql")),
        (5, "audit", include_str!("postgres/0005_audit.sql")),
        (6, "open sessions", include_str!("postgres/0006_open_sessions.sql")),
        (7, "hand-offs", include_str!("postgres/0007_handoffs.sql")),
        (8, "due sessions", include_str!("postgres/0008_due_sessions.sql")),
    ])
}

/// Builds sqlx's migrator. `sqlx::migrate!` would do the same, but needs sqlx's macros as a dependency.
fn migrator(files: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Borrowed(sql), false)
    };
    Migrator { migrations: files.iter().map(migration).collect(), ..Migrator::DEFAULT }
}
