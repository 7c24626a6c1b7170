-- How often the vendor was asked about a person. `person` is a keyed hash: nobody can compute it without the relay's data keys.
CREATE TABLE persons (
    person BLOB PRIMARY KEY,
    attempts INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX persons_expiry ON persons (expires_at);
