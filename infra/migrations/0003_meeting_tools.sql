-- Which of a meeting tool's rooms is which group's, and what the tool has told about them lately.
-- Messages name people: they are kept only until a meeting can no longer change by them.

CREATE TABLE tool_rooms (
    source   text NOT NULL,
    room     text NOT NULL,
    group_id uuid NOT NULL,
    PRIMARY KEY (source, room)
);

CREATE TABLE tool_messages (
    source      text        NOT NULL,
    message_id  text        NOT NULL,
    meeting_id  uuid        NOT NULL,
    body        text        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source, message_id)
);
CREATE INDEX tool_messages_meeting ON tool_messages (meeting_id, received_at);
