-- In the order in which the relay writes them. Otherwise a relay that is running could cause a deadlock.
LOCK TABLE sessions, outbox IN ACCESS EXCLUSIVE MODE;

-- The endpoint of a webhook: the name of an API key, or KEY/NAME. A relay of an earlier version stores an empty one.
ALTER TABLE outbox ADD COLUMN endpoint TEXT NOT NULL DEFAULT '';
UPDATE outbox SET endpoint = (SELECT api_key FROM sessions WHERE sessions.id = session_id);

DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (endpoint, next_at, seq) WHERE status = 'pending';
-- For the operator's lists of any status.
DROP INDEX outbox_failed;
CREATE INDEX outbox_status ON outbox (status, seq);

-- When nothing more could happen in the session. Sessions whose life ended before this migration
-- count as closed.
ALTER TABLE sessions ADD COLUMN closed_at BIGINT;
UPDATE sessions SET closed_at = updated_at WHERE state IN ('verified', 'expired')
    OR (state = 'rejected' AND expires_at < (extract(epoch FROM now()) * 1000)::bigint);
CREATE INDEX sessions_rejected ON sessions (expires_at) WHERE state = 'rejected' AND closed_at IS NULL;
