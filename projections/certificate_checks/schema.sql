CREATE TABLE certificate_check (
    check_id       uuid        PRIMARY KEY,
    certificate_id uuid        NOT NULL,
    checked_at     timestamptz NOT NULL,
    channel        text        NOT NULL
);
CREATE INDEX certificate_check_of ON certificate_check (certificate_id, checked_at);
