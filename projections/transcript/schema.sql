CREATE TABLE ledger_owner (
    ledger_id uuid PRIMARY KEY,
    member_id uuid NOT NULL
);

CREATE TABLE award (
    award_id        uuid    PRIMARY KEY,
    member_id       uuid    NOT NULL,
    meeting_id      uuid    NOT NULL,
    pack_id         text    NOT NULL,
    rule_id         text    NOT NULL,
    rule_version    integer NOT NULL,
    credit_kind     text    NOT NULL,
    licence_id      uuid,
    unit_name       text    NOT NULL,
    minutes         integer NOT NULL,
    amount          numeric NOT NULL,
    steps           text    NOT NULL,  -- JSON: code, sentence, clause, values of each
    strength        text    NOT NULL,
    -- What was known of the meeting; all null for what was credited before this was kept.
    day             date,
    title           text,
    topics          text[],
    modality        text,
    meeting_minutes integer,
    present_minutes integer,
    own_minutes     integer,
    people          integer,
    withdrawn       boolean NOT NULL DEFAULT false,
    note            text    NOT NULL DEFAULT '',
    awarded_at      timestamptz NOT NULL
);
CREATE INDEX award_member ON award (member_id);

CREATE TABLE held (
    member_id  uuid    NOT NULL,
    meeting_id uuid    NOT NULL,
    rule_id    text    NOT NULL,
    licence_id uuid,
    unit_name  text    NOT NULL,
    amount     numeric NOT NULL,
    codes      text[]  NOT NULL,
    sentences  text[]  NOT NULL
);
CREATE INDEX held_member ON held (member_id);

CREATE TABLE overlap (
    member_id        uuid    NOT NULL,
    meeting_id       uuid    NOT NULL,
    other_meeting_id uuid    NOT NULL,
    minutes          integer NOT NULL
);
CREATE INDEX overlap_member ON overlap (member_id);
