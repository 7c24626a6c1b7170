-- When the sweep looks at a session next. NULL: time changes nothing about it any more. It takes the place of the indexes on
-- states, counts and times that change, each of which costs a change of a session another page.
ALTER TABLE sessions ADD COLUMN due_at INTEGER;
UPDATE sessions SET due_at = 0 WHERE state IN ('created', 'link_issued', 'verifying', 'unknown')
    OR (state = 'rejected' AND closed_at IS NULL);

DROP INDEX sessions_lease;
DROP INDEX sessions_life;
DROP INDEX sessions_rejected;
DROP INDEX sessions_open_links;
DROP INDEX sessions_open_verifies;
CREATE INDEX sessions_due ON sessions (due_at) WHERE due_at IS NOT NULL;

-- A list of sessions in a state. Few sessions are in a state that does not last; in the other ones, most of a list is.
DROP INDEX sessions_listed_by_state;
CREATE INDEX sessions_listed_undecided ON sessions (api_key, created_at, id) WHERE due_at IS NOT NULL;
