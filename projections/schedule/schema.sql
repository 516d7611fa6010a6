CREATE TABLE peer_group (
    group_id       uuid    PRIMARY KEY,
    name           text    NOT NULL,
    promise        text    NOT NULL,
    style          text    NOT NULL,
    zone           text    NOT NULL,
    weekday        integer NOT NULL,
    local_time     time    NOT NULL,
    every_weeks    integer NOT NULL,
    minutes        integer NOT NULL,
    starts_on      date    NOT NULL,
    program_id     uuid,
    facilitator_id uuid    NOT NULL
);

CREATE TABLE belonging (
    group_id  uuid        NOT NULL,
    member_id uuid        NOT NULL,
    from_at   timestamptz NOT NULL,
    until_at  timestamptz,
    PRIMARY KEY (group_id, member_id, from_at)
);
CREATE INDEX belonging_member ON belonging (member_id);

CREATE TABLE meeting (
    meeting_id     uuid        PRIMARY KEY,
    group_id       uuid        NOT NULL,
    title          text        NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    zone           text        NOT NULL,
    modality       text        NOT NULL,
    facilitator_id uuid        NOT NULL,
    state          text        NOT NULL
);
CREATE INDEX meeting_group ON meeting (group_id, starts_at);

CREATE TABLE expected (
    meeting_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    PRIMARY KEY (meeting_id, member_id)
);
CREATE INDEX expected_member ON expected (member_id);
