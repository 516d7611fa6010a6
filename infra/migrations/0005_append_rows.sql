-- A batch travels as rows in PostgreSQL's own binary form instead of columns of text.
--
-- A driver that knows the lists below as bytes sends what was packed before, and the server reads
-- it without parsing: splitting and converting text took a quarter of a batch. And what the unique
-- indexes refuse is no longer looked up before, but only once they have refused something.

CREATE TYPE decision_row AS (command_id uuid, fingerprint bytea, refusal text);
CREATE TYPE expected_row AS (stream_id uuid, stream_version integer);
CREATE TYPE event_row AS (  -- what a decision's events share comes first: it is packed once
    metadata text, recorded_at timestamptz, stream_id uuid, stream_version integer,
    topic text, schema_version smallint, body text, salt bytea, leaf_hash bytea);
CREATE TYPE effect_row AS (effect_id uuid, kind text, payload text, command_id uuid);
-- Lists with names of their own: a driver may be told how they travel.
CREATE DOMAIN decision_rows AS decision_row[];
CREATE DOMAIN expected_rows AS expected_row[];
CREATE DOMAIN event_rows    AS event_row[];
CREATE DOMAIN effect_rows   AS effect_row[];

DROP FUNCTION append_batch;

-- Append a batch of decisions in the transaction of this call: all of them, or none and who is to
-- blame, so that the caller sends the others again.
--   decisions   the commands; lasts counts the events of this batch up to each one's last
--   expected    the streams they touch, with the version each must have until now
--   new_events  in the order of their decisions, which is the order of their positions
--   effects     what to do outside
-- The caller never sends two decisions on one stream, or one command twice, in the same batch.
-- Returns the position before the batch and, when nothing was stored, which of the expected are
-- not so (stale) and which of the decisions came before (repeated), both counted from 1.
CREATE FUNCTION append_batch(
    decisions decision_rows, lasts integer[], expected expected_rows, new_events event_rows,
    effects effect_rows, at timestamptz,
    OUT base bigint, OUT stale bigint[], OUT repeated bigint[]
) LANGUAGE plpgsql
-- Plans are made once, while the tables are small, and kept while they grow: only index look-ups
-- will do.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    added integer := cardinality(new_events);
BEGIN
    -- A write even when nothing follows: whoever learns of an earlier outcome waits for a commit.
    UPDATE log_head SET position = position + added WHERE id = 1
        RETURNING position - added INTO base;

    -- The unique indexes refuse a version or a command that is taken; nothing else has to be asked
    -- than whether the version before is there.
    repeated := '{}';
    stale := ARRAY(
        SELECT s.i FROM unnest(expected) WITH ORDINALITY AS s(stream_id, stream_version, i)
         WHERE s.stream_version > 0
           AND NOT EXISTS (SELECT FROM events e WHERE e.stream_id = s.stream_id
                              AND e.stream_version = s.stream_version));
    IF stale = '{}' THEN
        BEGIN
            INSERT INTO commands (command_id, fingerprint, last_position, refusal, recorded_at)
            SELECT d.command_id, d.fingerprint, base + d.last, d.refusal, at
              FROM unnest(decisions, lasts) AS d(command_id, fingerprint, refusal, last);

            INSERT INTO events (position, stream_id, stream_version, topic, schema_version, body,
                                metadata, recorded_at, salt, leaf_hash)
            SELECT base + e.i, e.stream_id, e.stream_version, e.topic, e.schema_version, e.body,
                   e.metadata, e.recorded_at, e.salt, e.leaf_hash
              FROM unnest(new_events) WITH ORDINALITY AS e(
                   metadata, recorded_at, stream_id, stream_version,
                   topic, schema_version, body, salt, leaf_hash, i);

            IF cardinality(effects) > 0 THEN
                INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at)
                SELECT o.effect_id, o.kind, o.payload, o.command_id, at, at
                  FROM unnest(effects) AS o(effect_id, kind, payload, command_id)
                    ON CONFLICT (effect_id) DO NOTHING;
            END IF;
            IF added > 0 THEN  -- a hint; polling is the truth
                PERFORM pg_notify('peerhour_log', (base + added)::text);
            END IF;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            NULL;  -- nothing of it stands; below is said why
        END;
    END IF;

    UPDATE log_head SET position = base WHERE id = 1;
    repeated := ARRAY(
        SELECT d.i FROM unnest(decisions) WITH ORDINALITY AS d(command_id, fingerprint, refusal, i)
         WHERE EXISTS (SELECT FROM commands c WHERE c.command_id = d.command_id));
    stale := ARRAY(
        SELECT s.i FROM unnest(expected) WITH ORDINALITY AS s(stream_id, stream_version, i)
         WHERE s.stream_version <> coalesce(
               (SELECT e.stream_version FROM events e WHERE e.stream_id = s.stream_id
                 ORDER BY e.stream_version DESC LIMIT 1), 0));
    IF repeated = '{}' AND stale = '{}' THEN
        RAISE data_corrupted USING MESSAGE = 'Positions behind the head of the log are taken.';
    END IF;
END
$$;
