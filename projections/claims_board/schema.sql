CREATE TABLE payer (
    payer_id uuid PRIMARY KEY,
    name     text NOT NULL,
    currency text NOT NULL
);

CREATE TABLE enrolment (
    payer_id   uuid NOT NULL,
    member_id  uuid NOT NULL,
    from_day   date NOT NULL,
    until_day  date
);
CREATE INDEX enrolment_payer ON enrolment (payer_id);

CREATE TABLE claim (
    claim_id     uuid        PRIMARY KEY,
    claim_number text        NOT NULL,
    payer_id     uuid        NOT NULL,
    member_id    uuid        NOT NULL,
    period_from  date        NOT NULL,
    period_to    date        NOT NULL,
    currency     text        NOT NULL,
    line_count   integer     NOT NULL,
    total_cents  bigint      NOT NULL,
    state        text        NOT NULL,
    run_number   integer,
    paid_cents   bigint,
    reason_code  text,
    reference    text,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX claim_payer ON claim (payer_id, period_from);
CREATE INDEX claim_member ON claim (member_id);

CREATE TABLE export_run (
    run_id     uuid        PRIMARY KEY,
    payer_id   uuid        NOT NULL,
    run_number integer     NOT NULL,
    started_at timestamptz NOT NULL,
    made_at    timestamptz,
    claims     integer
);
