-- What the web keeps between requests: sign-ins, asked-for links, counters.
-- Nothing here is truth: empty these tables and people sign in again. Only hashes are stored.

CREATE TABLE web_sessions (
    id_hash   bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    public_id uuid NOT NULL UNIQUE,        -- a name that opens nothing
    person_id uuid NOT NULL,
    made_at   timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL,
    idle      interval NOT NULL,           -- dies this long after seen_at
    ends_at   timestamptz NOT NULL,        -- dies then in any case
    method    text NOT NULL,
    device    text NOT NULL
);
CREATE INDEX web_sessions_by_person ON web_sessions (person_id, seen_at DESC);
CREATE INDEX web_sessions_by_end ON web_sessions (ends_at);

CREATE TABLE sign_in_links (
    token_hash   bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    code_hash    bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
    person_id    uuid,                     -- null: nobody has the address, and the row is a decoy
    next_path    text NOT NULL,
    made_at      timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    tries        integer NOT NULL DEFAULT 0,
    used_at      timestamptz
);
CREATE INDEX sign_in_links_by_browser ON sign_in_links (browser_hash);
CREATE INDEX sign_in_links_by_end ON sign_in_links (ends_at);

-- Turns refill evenly; full_at says when all of them are back (generic cell rate algorithm), so one
-- row and one statement do, and two processes agree.
CREATE TABLE rate_limits (
    purpose text NOT NULL,
    key     bytea NOT NULL,
    full_at timestamptz NOT NULL,
    PRIMARY KEY (purpose, key)
);
CREATE INDEX rate_limits_by_end ON rate_limits (full_at);
