-- What the payment service tells: messages of one subscription are handled together.
--
-- root_key says what a message is about in the end (a subscription for its invoices and items, else
-- a customer, else the object itself); came_by says who brought it. Messages of sources that know no
-- roots have none, and are handled one by one as before.
ALTER TABLE inbox ADD COLUMN root_key text;
ALTER TABLE inbox ADD COLUMN came_by  text;
CREATE INDEX inbox_roots_due ON inbox (next_at) WHERE state = 'waiting' AND root_key IS NOT NULL;
CREATE INDEX inbox_roots     ON inbox (root_key, next_at)
    WHERE state = 'waiting' AND root_key IS NOT NULL;

-- How far a source of messages was read, by its own time.
CREATE TABLE watermarks (
    name       text        PRIMARY KEY,
    reached_at timestamptz NOT NULL
);

-- Work that is done once an hour, a night or a month, whichever worker comes first.
CREATE TABLE regular_chores (
    name         text        PRIMARY KEY,
    due_at       timestamptz NOT NULL,
    leased_until timestamptz,
    done_at      timestamptz,
    last_error   text
);

-- Where our record and the payment service's differed: what each said, in words and figures without
-- names. A difference that is seen again is the same one; one that is gone is healed, and kept.
CREATE TABLE drifts (
    drift_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text        NOT NULL,
    subject   text        NOT NULL,  -- the other side's id, or a month
    ours      text        NOT NULL,
    theirs    text        NOT NULL,
    found_at  timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    healed_at timestamptz
);
CREATE UNIQUE INDEX drifts_open ON drifts (kind, subject) WHERE healed_at IS NULL;
CREATE INDEX drifts_found ON drifts (found_at);
