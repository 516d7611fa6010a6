-- Who lets a calendar program read their hours, and what it may say; no fact of the record. The
-- address itself is kept nowhere: it is made from the feed's id and a secret of the house.
CREATE TABLE calendar_feeds (
    member_id uuid        PRIMARY KEY,
    feed_id   uuid        NOT NULL UNIQUE,
    shows     text        NOT NULL,
    made_at   timestamptz NOT NULL,
    read_at   timestamptz            -- when a program asked last, to the hour
);
