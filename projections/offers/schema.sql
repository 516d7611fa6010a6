CREATE TABLE provider (
    provider_id      uuid PRIMARY KEY,
    name             text NOT NULL,
    address          text NOT NULL,
    contact          text NOT NULL,
    authorising_name text NOT NULL,
    authorising_role text NOT NULL
);

CREATE TABLE approval (
    approval_id    uuid   PRIMARY KEY,
    provider_id    uuid   NOT NULL,
    body           text   NOT NULL,
    number         text   NOT NULL,
    statement      text   NOT NULL,
    responsibility text   NOT NULL,
    valid_from     date   NOT NULL,
    valid_until    date,
    modalities     text[] NOT NULL,
    withdrawn_from date,
    withdrawn_why  text
);
CREATE INDEX approval_provider ON approval (provider_id, valid_from);

CREATE TABLE program (
    program_id               uuid    PRIMARY KEY,
    provider_id              uuid    NOT NULL,
    title                    text    NOT NULL,
    objectives               text[]  NOT NULL,
    topics                   text[]  NOT NULL,
    modality                 text    NOT NULL,
    minutes                  integer NOT NULL,
    instructor_name          text    NOT NULL,
    instructor_qualification text    NOT NULL,
    retired_at               timestamptz,
    retired_why              text
);
CREATE INDEX program_provider ON program (provider_id);
