-- Entries of the audit trail that are not chained yet.
CREATE TABLE audit_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL
) STRICT;

-- The audit trail. `hash` is the SHA-256 of the hash before it and `record`.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    record TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
