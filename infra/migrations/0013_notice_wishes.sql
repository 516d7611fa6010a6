-- Which mails about hours somebody wishes; no row: all of them. No fact of the record.
CREATE TABLE notice_wishes (
    member_id uuid    PRIMARY KEY,
    reminders boolean NOT NULL,
    changes   boolean NOT NULL
);
