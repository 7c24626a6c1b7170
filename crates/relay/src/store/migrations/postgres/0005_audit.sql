-- Entries of the audit trail that are not chained yet.
CREATE TABLE audit_new (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record TEXT NOT NULL
);

-- The audit trail. `hash` is the SHA-256 of the hash before it and `record`.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    record TEXT NOT NULL,
    hash BYTEA NOT NULL
);
