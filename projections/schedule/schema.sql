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
    facilitator_id uuid    NOT NULL,
    size_min       integer NOT NULL
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
    state          text        NOT NULL,
    moved_from     timestamptz,
    called_off_because text,
    called_off_by  uuid,
    program_id     uuid,  -- its own, as announced; the group may follow another by now
    first_title    text,  -- under which it was planned, if it has another now
    changes        integer     NOT NULL DEFAULT 0,  -- of its plan; calendars ask which word is newer
    changed_at     timestamptz NOT NULL
);
CREATE INDEX meeting_called_off ON meeting (called_off_by);
CREATE INDEX meeting_group ON meeting (group_id, starts_at);

-- What a meeting itself said last; see expected_today.
CREATE TABLE expected (
    meeting_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    PRIMARY KEY (meeting_id, member_id)
);
CREATE INDEX expected_member ON expected (member_id);

-- The roster is that of its day: while a meeting is planned, whoever belongs to its group is
-- expected, and once it was opened (or called off), whom the meeting itself named. One that nobody
-- opened keeps the members that its group had when it would have ended.
CREATE VIEW expected_today AS
    SELECT meeting_id, member_id FROM expected JOIN meeting USING (meeting_id)
     WHERE state <> 'scheduled'
     UNION ALL
    SELECT meeting_id, member_id FROM belonging JOIN meeting USING (group_id)
     WHERE state = 'scheduled' AND from_at <= ends_at AND (until_at IS NULL OR until_at > ends_at);

-- Who led, as somebody said it last; nothing where nobody did.
CREATE TABLE meeting_lead (
    meeting_id    uuid PRIMARY KEY,
    led_by        text NOT NULL,
    member_id     uuid,
    name          text,
    profession    text,
    qualification text,
    supervisor    boolean
);

CREATE TABLE series (
    series_id   uuid        PRIMARY KEY,
    group_id    uuid        NOT NULL,
    title       text        NOT NULL,
    parts       integer     NOT NULL,
    planned_at  timestamptz NOT NULL,
    syllabus_on date
);
CREATE INDEX series_group ON series (group_id);

CREATE TABLE series_part (
    series_id  uuid    NOT NULL,
    part       integer NOT NULL,
    meeting_id uuid    NOT NULL,
    PRIMARY KEY (series_id, part)
);
CREATE INDEX series_part_meeting ON series_part (meeting_id);
