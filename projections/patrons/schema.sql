CREATE TABLE practice (
    practice_id uuid PRIMARY KEY,
    pool_id     uuid NOT NULL UNIQUE,
    name        text NOT NULL,
    folded      text NOT NULL  -- as people look for it: no capitals, no accents
);

CREATE TABLE practice_manager (
    pool_id   uuid NOT NULL,
    member_id uuid NOT NULL,
    PRIMARY KEY (member_id, pool_id)
);

CREATE TABLE practice_seat (
    pool_id   uuid NOT NULL,
    member_id uuid NOT NULL,
    state     text NOT NULL,   -- held, frozen or released
    PRIMARY KEY (member_id, pool_id)
);

-- Offered seats whose invitees asked to come in, and have no answer yet.
CREATE TABLE seat_entry (
    seat_id  uuid        PRIMARY KEY,
    pool_id  uuid        NOT NULL,
    asked_at timestamptz NOT NULL
);

CREATE TABLE gift (
    gift_id       uuid        PRIMARY KEY,
    months        integer     NOT NULL,
    giver_id      uuid,                    -- nobody where the house gives
    given_at      timestamptz NOT NULL,
    redeemed_at   timestamptz,             -- by whom is not the giver's to know
    taken_back_at timestamptz,
    return_failed_at timestamptz           -- its payment came back to the house since
);
CREATE INDEX gift_giver ON gift (giver_id);

CREATE TABLE fund (
    fund_id   uuid        PRIMARY KEY,
    name      text        NOT NULL,
    currency  text        NOT NULL,
    opened_at timestamptz NOT NULL
);

-- Scholarships that were asked for and that no fund carries yet.
CREATE TABLE scholarship_wish (
    scholarship_id uuid        PRIMARY KEY,
    member_id      uuid        NOT NULL,
    tier           integer,                -- nothing once it is granted
    asked_at       timestamptz NOT NULL
);
