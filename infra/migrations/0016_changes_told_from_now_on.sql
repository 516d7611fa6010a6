-- A house that stood before there were mails about hours tells nobody of what was moved or called
-- off until today: the process that writes them begins behind what is on record, not at its first
-- event. Where it has begun already, it goes on.
INSERT INTO checkpoints (reader, version, position)
     SELECT 'process.tell_of_changes', 1, max(position) FROM events HAVING max(position) > 0
ON CONFLICT (reader) DO NOTHING;
