-- Times are milliseconds since 1970. Columns named `sealed` and `verdict` are encrypted by the relay.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    api_key TEXT NOT NULL,
    customer_type TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    links BIGINT NOT NULL DEFAULT 0,
    verifies BIGINT NOT NULL DEFAULT 0,
    attempt TEXT,
    link_id TEXT,
    lease_until BIGINT
);

CREATE INDEX sessions_lease ON sessions (lease_until) WHERE state = 'verifying';
CREATE INDEX sessions_life ON sessions (expires_at) WHERE state IN ('created', 'link_issued');
CREATE INDEX sessions_age ON sessions (created_at);

CREATE TABLE links (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    idempotency BYTEA,
    released BIGINT NOT NULL DEFAULT 0,
    verdict BYTEA,
    decided_at BIGINT
);

CREATE INDEX links_session ON links (session_id, issued_at);
CREATE UNIQUE INDEX links_idempotency ON links (session_id, idempotency) WHERE idempotency IS NOT NULL;

CREATE TABLE outbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    attempts BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL DEFAULT 0,
    give_up_at BIGINT NOT NULL,
    last_result TEXT,
    ended_at BIGINT
);

CREATE INDEX outbox_due ON outbox (next_at, seq) WHERE status = 'pending';
CREATE INDEX outbox_failed ON outbox (seq) WHERE status = 'failed';
CREATE INDEX outbox_session ON outbox (session_id, seq);
