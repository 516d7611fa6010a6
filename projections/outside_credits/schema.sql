CREATE TABLE outside_credit (
    credit_id       uuid        PRIMARY KEY,
    member_id       uuid        NOT NULL,
    entered_at      timestamptz NOT NULL,
    removed_at      timestamptz,
    removed_because text
);
CREATE INDEX outside_credit_member ON outside_credit (member_id);

-- What an entry says, and what it said before each correction; the highest number holds now.
CREATE TABLE outside_credit_version (
    credit_id       uuid        NOT NULL REFERENCES outside_credit ON DELETE CASCADE,
    number          integer     NOT NULL,
    said_at         timestamptz NOT NULL,
    reason          text,       -- why it was corrected; null for the first
    licence_id      uuid        NOT NULL,
    pack_id         text        NOT NULL,
    amount          numeric     NOT NULL,
    unit_name       text        NOT NULL,
    day             date        NOT NULL,
    title           text        NOT NULL,
    provider_name   text        NOT NULL,
    category        text,
    credit_kind     text,
    topics          text[]      NOT NULL,
    live            boolean,
    document_id     uuid,
    document_kind   text,
    document_size   integer,
    document_sha256 text,
    PRIMARY KEY (credit_id, number)
);
