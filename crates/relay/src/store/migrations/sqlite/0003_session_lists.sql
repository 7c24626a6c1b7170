-- Sessions that were created with an idempotency key. A row is deleted with its session, or a day after its creation.
CREATE TABLE creations (
    api_key TEXT NOT NULL,
    idempotency BLOB NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (api_key, idempotency)
) STRICT;

CREATE INDEX creations_session ON creations (session_id);
CREATE INDEX creations_age ON creations (created_at);

-- A keyed hash of the reference, for a search. NULL if the relay has not computed it yet, empty without a reference.
ALTER TABLE sessions ADD COLUMN reference_tag BLOB;
CREATE INDEX sessions_untagged ON sessions (id) WHERE reference_tag IS NULL;
CREATE INDEX sessions_listed ON sessions (api_key, created_at, id);
CREATE INDEX sessions_listed_by_state ON sessions (api_key, state, created_at, id);
CREATE INDEX sessions_listed_by_reference ON sessions (api_key, reference_tag, created_at, id);
