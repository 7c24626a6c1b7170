-- Hand-offs of a session to a phone. `code` and `claim` are hashes, `network` is a keyed hash. `number` stands on the desktop,
-- `numbers` on the phone; a link of the back end has neither.
CREATE TABLE handoffs (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 0,
    code BYTEA NOT NULL UNIQUE,
    claim BYTEA,
    number BIGINT,
    numbers TEXT,
    device TEXT NOT NULL,
    network BYTEA,
    same_network BIGINT,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    opened_at BIGINT
);

CREATE INDEX handoffs_session ON handoffs (session_id, created_at);

-- The hand-off whose phone has the session. NULL while the page that got the session's token has it.
ALTER TABLE sessions ADD COLUMN holder TEXT;
