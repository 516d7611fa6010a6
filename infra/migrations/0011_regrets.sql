-- Who says before an hour that they cannot come: outside the log, without a reason, deleted when the
-- hour is over. One that is taken back keeps its row until then, so that the same form sent again
-- does not say it anew.
CREATE TABLE regrets (
    regret_id  uuid        PRIMARY KEY,
    group_id   uuid        NOT NULL,
    meeting_id uuid        NOT NULL,
    member_id  uuid        NOT NULL,
    starts_at  timestamptz NOT NULL,  -- of the hour it is about; moved, the meeting is another hour
    said_at    timestamptz NOT NULL,
    taken_back boolean     NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX regrets_once ON regrets (meeting_id, member_id, starts_at) WHERE NOT taken_back;
CREATE INDEX regrets_member ON regrets (member_id);
CREATE INDEX regrets_over ON regrets (starts_at);
