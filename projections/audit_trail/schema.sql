CREATE TABLE trail (
    position    bigint      PRIMARY KEY,
    happened_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    topic       text        NOT NULL,
    stream_id   uuid        NOT NULL,
    actor_id    uuid,
    command_id  uuid        NOT NULL
);
CREATE INDEX trail_stream ON trail (stream_id, position);
