-- How often the vendor was asked about a person. `person` is a keyed hash: nobody can compute it without the relay's data keys.
CREATE TABLE persons (
    person BYTEA PRIMARY KEY,
    attempts BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX persons_expiry ON persons (expires_at);
