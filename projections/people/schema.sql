CREATE TABLE person (
    member_id     uuid        PRIMARY KEY,
    name          text        NOT NULL,
    folded        text        NOT NULL,  -- as people look for it: no capitals, no accents
    administrator boolean     NOT NULL DEFAULT false,
    on_leave      boolean     NOT NULL DEFAULT false,
    forgotten     boolean     NOT NULL DEFAULT false,
    joined_at     timestamptz NOT NULL
);

CREATE TABLE person_licence (
    licence_id   uuid PRIMARY KEY,
    member_id    uuid NOT NULL,
    profession   text NOT NULL,
    jurisdiction text NOT NULL,
    number       text NOT NULL,
    valid_from   date NOT NULL,
    valid_until  date
);
CREATE INDEX person_licence_member ON person_licence (member_id);

CREATE TABLE person_leave (
    member_id uuid        NOT NULL,
    from_at   timestamptz NOT NULL,
    until_at  timestamptz,
    PRIMARY KEY (member_id, from_at)
);
