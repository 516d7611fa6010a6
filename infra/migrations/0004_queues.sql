-- Why a piece was done with without doing anything: its message belonged to no meeting.
ALTER TABLE inbox  ADD COLUMN note text;
ALTER TABLE outbox ADD COLUMN note text;

-- What is swept, and what is counted for administrators.
CREATE INDEX inbox_done  ON inbox  (done_at) WHERE state = 'done';
CREATE INDEX outbox_done ON outbox (done_at) WHERE state = 'done';
CREATE INDEX inbox_noted ON inbox  (received_at) WHERE note IS NOT NULL;

-- What a meeting tool's messages leave open, for who leads the meeting; sentences, no names.
CREATE TABLE tool_questions (
    meeting_id uuid     NOT NULL,
    source     text     NOT NULL,
    number     smallint NOT NULL,
    question   text     NOT NULL,
    PRIMARY KEY (meeting_id, source, number)
);
