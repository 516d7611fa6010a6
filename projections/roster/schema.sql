CREATE TABLE roster (
    meeting_id   uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    arrived_at   timestamptz,
    left_at      timestamptz,
    method       text,
    inferred     boolean NOT NULL DEFAULT false,
    presenting   boolean NOT NULL DEFAULT false,
    evaluated    boolean NOT NULL DEFAULT false,
    corrected    boolean NOT NULL DEFAULT false,
    witnesses    integer NOT NULL DEFAULT 0,
    last_refusal text,
    -- Stays at the door, or those of the last correction; a coming without its going is still here.
    comings      timestamptz[] NOT NULL DEFAULT '{}',
    goings       timestamptz[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (meeting_id, member_id)
);

-- What a meeting tool saw; names are shown to the facilitator alone, to match them.
CREATE TABLE observed (
    meeting_id uuid NOT NULL,
    person_key text NOT NULL,
    source     text NOT NULL,
    subject_id uuid,
    names      text NOT NULL,
    seconds    integer NOT NULL,
    member_id  uuid,
    PRIMARY KEY (meeting_id, person_key, source)
);
CREATE INDEX observed_subject ON observed (subject_id);
CREATE INDEX observed_member ON observed (member_id);

-- Whose names are shown to nobody any more, whenever a report brings one.
CREATE TABLE forgotten_person (member_id uuid PRIMARY KEY);
