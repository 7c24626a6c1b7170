-- Finds the open sessions whose links or calls for a verdict are used up. The sweep looks for them every 15 seconds, and
-- without an index it would read all open sessions.
CREATE INDEX sessions_open_links ON sessions (links)
    WHERE closed_at IS NULL AND state IN ('created', 'link_issued', 'rejected');
CREATE INDEX sessions_open_verifies ON sessions (verifies)
    WHERE closed_at IS NULL AND state IN ('created', 'link_issued', 'rejected');
