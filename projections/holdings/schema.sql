-- Grants as lines through time, one row for each step: from when a grant stood how.
CREATE TABLE grant_step (
    kind      text        NOT NULL,
    source_id uuid        NOT NULL,                -- the stream it comes from
    holder_id uuid        NOT NULL,                -- a person; of a practice's own dues, the practice
    position  bigint      NOT NULL,                -- in the log
    at        timestamptz NOT NULL,
    state     text        NOT NULL,
    by_itself boolean     NOT NULL DEFAULT false,  -- an end that comes unless something is said
    PRIMARY KEY (holder_id, kind, source_id, position, by_itself)
);
CREATE INDEX grant_step_source ON grant_step (source_id);

-- Whose a stream is, as its first event said; of a pool of seats, which practice's.
CREATE TABLE grant_source (
    source_id uuid PRIMARY KEY,
    holder_id uuid NOT NULL
);
