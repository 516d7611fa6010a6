-- The event log, the commands that wrote it, and what is still to be done outside.
--
-- Truth is appended through append_batch() alone. The row lock on log_head makes the order of
-- positions the order of commits, without gaps: a reader that asks for "position > checkpoint"
-- can never miss an event. Nothing here depends on sequences, table locks or advisory locks.

CREATE TABLE log_head (
    id       smallint PRIMARY KEY CHECK (id = 1),
    position bigint   NOT NULL
) WITH (fillfactor = 10);  -- one hot row: room for in-page updates
INSERT INTO log_head VALUES (1, 0);

CREATE TABLE events (
    position       bigint      PRIMARY KEY,
    stream_id      uuid        NOT NULL,
    stream_version integer     NOT NULL CHECK (stream_version > 0),
    topic          text        NOT NULL,
    schema_version smallint    NOT NULL,
    body           text        NOT NULL,  -- canonical JSON, byte-exact for hashing
    metadata       text        NOT NULL,  -- canonical JSON: command, actor, cause, correlation
    recorded_at    timestamptz NOT NULL,
    salt           bytea       NOT NULL,  -- keeps a leaf hash from being guessed from its facts
    leaf_hash      bytea       NOT NULL,  -- SHA-256(0x00 || canonical envelope), as in RFC 6962
    UNIQUE (stream_id, stream_version)
);

CREATE TABLE commands (
    command_id    uuid        PRIMARY KEY,
    fingerprint   bytea       NOT NULL,
    last_position bigint      NOT NULL,
    refusal       text,
    recorded_at   timestamptz NOT NULL
);

CREATE TABLE outbox (
    effect_id    uuid        PRIMARY KEY,
    kind         text        NOT NULL,
    payload      text,                   -- emptied once done
    command_id   uuid        NOT NULL,
    created_at   timestamptz NOT NULL,
    state        text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
    attempts     integer     NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,
    leased_until timestamptz,
    last_error   text,
    done_at      timestamptz
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'waiting';

CREATE TABLE inbox (
    source       text        NOT NULL,
    external_id  text        NOT NULL,
    payload      text,                   -- emptied once handled: it may name people
    received_at  timestamptz NOT NULL,
    state        text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
    attempts     integer     NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,
    leased_until timestamptz,
    last_error   text,
    done_at      timestamptz,
    PRIMARY KEY (source, external_id)
);
CREATE INDEX inbox_due ON inbox (next_at) WHERE state = 'waiting';

-- How far each projection and process manager has read; moved in the transaction of its work.
CREATE TABLE checkpoints (
    reader     text        PRIMARY KEY,
    version    integer     NOT NULL,
    position   bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Events a reader could not handle: it went on, an administrator decides.
CREATE TABLE dead_letters (
    reader     text        NOT NULL,
    position   bigint      NOT NULL,
    problem    text        NOT NULL,
    attempts   integer     NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    solved_at  timestamptz,
    PRIMARY KEY (reader, position)
);

-- Contact data: mutable, never in events, deleted when its person is forgotten.
CREATE TABLE vault (
    subject_id uuid  NOT NULL,
    kind       text  NOT NULL,
    value      text  NOT NULL,
    PRIMARY KEY (subject_id, kind)
);
CREATE UNIQUE INDEX vault_mail ON vault (lower(value)) WHERE kind = 'mail';

-- Papers as they were sealed, encrypted for the person they are about.
CREATE TABLE sealed_papers (
    certificate_id uuid        PRIMARY KEY,
    subject_id     uuid        NOT NULL,
    content        bytea       NOT NULL,
    made_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sealed_papers_subject ON sealed_papers (subject_id);

-- Append a batch of decisions in the transaction of this call. Each decision is stored whole or
-- not at all:
--   a_*  one element a decision; a_last counts the events of this batch up to its last one,
--        a_metadata and a_made_at belong to each of its events
--   s_*  one element a stream that a decision touches, with the version it must now have
--   e_*  one element an event, in the order of their decisions
--   o_*  one element an effect
-- and *_append is the number of the decision in the batch, counted from 1. The caller never sends
-- two decisions on one stream, or one command twice, in the same batch.
-- Returns the position before the batch, and the decisions that were not stored: those whose
-- streams have moved on, and those whose command came before.
CREATE FUNCTION append_batch(
    a_command uuid[], a_fingerprint bytea[], a_refusal text[], a_metadata text[],
    a_made_at timestamptz[], a_last integer[],
    s_append integer[], s_stream uuid[], s_version integer[],
    e_append integer[], e_stream uuid[], e_version integer[], e_topic text[],
    e_schema smallint[], e_body text[], e_salt bytea[], e_leaf_hash bytea[],
    o_append integer[], o_id uuid[], o_kind text[], o_payload text[],
    at timestamptz,
    OUT base bigint, OUT stale integer[], OUT repeated integer[]
) LANGUAGE plpgsql
-- Plans are made once, while the tables are small, and kept while they grow: only index look-ups
-- will do.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    refused integer[];
    shift   integer[] := array_fill(0, ARRAY[cardinality(a_command)]);
    added   integer := cardinality(e_append);
BEGIN
    -- A write even when nothing follows: whoever learns of an earlier outcome waits for a commit.
    UPDATE log_head SET position = position WHERE id = 1 RETURNING position INTO base;

    repeated := ARRAY(
        SELECT array_position(a_command, c.command_id) FROM commands c
         WHERE c.command_id = ANY (a_command));
    stale := ARRAY(
        SELECT s.append
          FROM (SELECT unnest(s_append) AS append, unnest(s_stream) AS stream,
                       unnest(s_version) AS version) s
         WHERE s.version <> coalesce(
               (SELECT e.stream_version FROM events e WHERE e.stream_id = s.stream
                 ORDER BY e.stream_version DESC LIMIT 1), 0)
           AND s.append <> ALL (repeated));
    refused := repeated || stale;
    IF refused <> '{}' THEN  -- what comes behind a refused decision moves up
        shift := ARRAY(
            SELECT (SELECT count(*) FROM unnest(e_append) AS e(append)
                     WHERE e.append < i AND e.append = ANY (refused))
              FROM generate_series(1, cardinality(a_command)) AS i ORDER BY i);
        added := added - (SELECT count(*) FROM unnest(e_append) AS e(append)
                           WHERE e.append = ANY (refused));
    END IF;

    INSERT INTO commands (command_id, fingerprint, last_position, refusal, recorded_at)
    SELECT command, fingerprint, base + last - shift[i], refusal, at
      FROM (SELECT unnest(a_command) AS command, unnest(a_fingerprint) AS fingerprint,
                   unnest(a_last) AS last, unnest(a_refusal) AS refusal,
                   generate_series(1, cardinality(a_command)) AS i) a
     WHERE i <> ALL (refused);

    INSERT INTO events (position, stream_id, stream_version, topic, schema_version, body, metadata,
                        recorded_at, salt, leaf_hash)
    SELECT base + i - shift[append], stream, version, topic, schema, body, a_metadata[append],
           a_made_at[append], salt, leaf_hash
      FROM (SELECT generate_series(1, cardinality(e_append)) AS i, unnest(e_append) AS append,
                   unnest(e_stream) AS stream, unnest(e_version) AS version,
                   unnest(e_topic) AS topic, unnest(e_schema) AS schema, unnest(e_body) AS body,
                   unnest(e_salt) AS salt, unnest(e_leaf_hash) AS leaf_hash) e
     WHERE append <> ALL (refused);

    IF cardinality(o_id) > 0 THEN
        INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)
        SELECT o.id, o.kind, o.payload, a_command[o.append], at, at
          FROM unnest(o_append, o_id, o_kind, o_payload) AS o(append, id, kind, payload)
         WHERE o.append <> ALL (refused)
            ON CONFLICT (effect_id) DO NOTHING;
    END IF;

    IF added > 0 THEN
        UPDATE log_head SET position = base + added WHERE id = 1;
        PERFORM pg_notify('peerhour_log', (base + added)::text);  -- a hint; polling is the truth
    END IF;
END
$$;
