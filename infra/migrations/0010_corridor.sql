-- What peers write to each other between meetings: outside the log, each text under its author's
-- key, deleted when it fades. A text that is taken back or removed is gone at once; its row stays
-- until its time is over, so that the same form sent again does not bring it back.
CREATE TABLE corridor_words (
    word_id     uuid        PRIMARY KEY,
    group_id    uuid        NOT NULL,
    author_id   uuid        NOT NULL,
    only_for    uuid,                 -- who alone reads it beside its author; none: the whole group
    just_listen boolean     NOT NULL,
    written_at  timestamptz NOT NULL,
    sealed      bytea,                -- the text, until it is gone
    gone        text,                 -- taken_back or removed
    CHECK ((sealed IS NULL) = (gone IS NOT NULL))
);
CREATE INDEX corridor_words_group ON corridor_words (group_id, written_at);
CREATE INDEX corridor_words_author ON corridor_words (author_id);
CREATE INDEX corridor_words_only_for ON corridor_words (only_for) WHERE only_for IS NOT NULL;
CREATE INDEX corridor_words_fading ON corridor_words (written_at);
