-- When the sweep looks at a session next. NULL: time changes nothing about it any more.
--
-- It takes the place of the indexes on states, counts and times that change. PostgreSQL can then write a new version of a row
-- without an entry in every index (HOT), as long as `due_at` stays and the page has room: the fill factor leaves it.
LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE;

ALTER TABLE sessions ADD COLUMN due_at BIGINT;
UPDATE sessions SET due_at = 0 WHERE state IN ('created', 'link_issued', 'verifying', 'unknown')
    OR (state = 'rejected' AND closed_at IS NULL);
-- A relay of the version before, which still runs, does not know the column. The sweep looks at its sessions at once.
ALTER TABLE sessions ALTER COLUMN due_at SET DEFAULT 0;
ALTER TABLE sessions SET (fillfactor = 70);

DROP INDEX sessions_lease;
DROP INDEX sessions_life;
DROP INDEX sessions_rejected;
DROP INDEX sessions_open_links;
DROP INDEX sessions_open_verifies;
CREATE INDEX sessions_due ON sessions (due_at) WHERE due_at IS NOT NULL;

-- A list of sessions in a state. Few sessions are in a state that does not last; in the other ones, most of a list is.
DROP INDEX sessions_listed_by_state;
CREATE INDEX sessions_listed_undecided ON sessions (api_key, created_at, id) WHERE due_at IS NOT NULL;
