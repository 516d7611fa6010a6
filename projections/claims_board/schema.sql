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
    claim_id      uuid        PRIMARY KEY,
    claim_number  text        NOT NULL,
    payer_id      uuid        NOT NULL,
    member_id     uuid        NOT NULL,
    period_from   date        NOT NULL,
    period_to     date        NOT NULL,
    currency      text        NOT NULL,
    line_count    integer     NOT NULL,
    total_cents   bigint      NOT NULL,
    state         text        NOT NULL,
    awaits_answer boolean     NOT NULL,
    run_number    integer,
    paid_cents    bigint,
    reason_code   text,
    reference     text,
    set_aside_for text,
    changed_at    timestamptz NOT NULL
);
CREATE INDEX claim_payer ON claim (payer_id, period_from);
CREATE INDEX claim_member ON claim (member_id);

CREATE TABLE claim_line (
    claim_id       uuid        NOT NULL,
    place          integer     NOT NULL,
    line_id        text        NOT NULL,
    certificate_id uuid,
    starts_at      timestamptz NOT NULL,
    zone           text        NOT NULL,
    minutes        integer     NOT NULL,
    units          integer     NOT NULL,
    rate_cents     bigint      NOT NULL,
    amount_cents   bigint      NOT NULL,
    strength       text        NOT NULL,
    reverses       text,
    note           text        NOT NULL,
    sending        integer,
    paid_cents     bigint,
    reason_code    text,
    PRIMARY KEY (claim_id, place)
);
CREATE INDEX claim_line_certificate ON claim_line (certificate_id);

CREATE TABLE sending (
    claim_id       uuid        NOT NULL,
    sending        integer     NOT NULL,
    number_as_sent text        NOT NULL,
    run_number     integer     NOT NULL,
    sent_at        timestamptz NOT NULL,
    outcome        text,
    paid_cents     bigint,
    reason_code    text,
    reference      text,
    answered_at    timestamptz,
    PRIMARY KEY (claim_id, sending)
);
CREATE INDEX sending_number ON sending (number_as_sent);

-- Answers that were kept and do not hold; the one that holds stands with its sending.
CREATE TABLE reversed_answer (
    claim_id     uuid        NOT NULL,
    sending      integer     NOT NULL,
    outcome      text        NOT NULL,
    paid_cents   bigint      NOT NULL,
    reason_code  text,
    reference    text        NOT NULL,
    answered_at  timestamptz NOT NULL,
    reversed_at  timestamptz NOT NULL,
    why          text        NOT NULL,
    reason       text        NOT NULL,
    reversed_by  uuid        NOT NULL
);
CREATE INDEX reversed_answer_claim ON reversed_answer (claim_id, sending);

CREATE TABLE export_run (
    run_id     uuid        PRIMARY KEY,
    payer_id   uuid        NOT NULL,
    run_number integer     NOT NULL,
    started_at timestamptz NOT NULL,
    made_at    timestamptz,
    claims     integer,
    made_by    uuid                        -- nobody at the terminal
);
CREATE INDEX export_run_payer ON export_run (payer_id, run_number);
CREATE INDEX sending_run ON sending (run_number);
