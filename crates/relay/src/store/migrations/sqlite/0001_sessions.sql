-- Times are milliseconds since 1970. Columns named `sealed` and `verdict` are encrypted by the relay.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    api_key TEXT NOT NULL,
    customer_type TEXT NOT NULL,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    links INTEGER NOT NULL DEFAULT 0,
    verifies INTEGER NOT NULL DEFAULT 0,
    attempt TEXT,
    link_id TEXT,
    lease_until INTEGER
) STRICT;

CREATE INDEX sessions_lease ON sessions (lease_until) WHERE state = 'verifying';
CREATE INDEX sessions_life ON sessions (expires_at) WHERE state IN ('created', 'link_issued');
CREATE INDEX sessions_age ON sessions (created_at);

CREATE TABLE links (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    idempotency BLOB,
    released INTEGER NOT NULL DEFAULT 0,
    verdict BLOB,
    decided_at INTEGER
) STRICT;

CREATE INDEX links_session ON links (session_id, issued_at);
CREATE UNIQUE INDEX links_idempotency ON links (session_id, idempotency) WHERE idempotency IS NOT NULL;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    give_up_at INTEGER NOT NULL,
    last_result TEXT,
    ended_at INTEGER
) STRICT;

CREATE INDEX outbox_due ON outbox (next_at, seq) WHERE status = 'pending';
CREATE INDEX outbox_failed ON outbox (seq) WHERE status = 'failed';
CREATE INDEX outbox_session ON outbox (session_id, seq);
