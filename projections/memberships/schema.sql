CREATE TABLE membership_payer (
    account_id  uuid    PRIMARY KEY,
    payer_kind  text    NOT NULL,
    payer_id    uuid    NOT NULL,
    customer_id text,               -- at the payment service, once something was paid or begun
    closed      boolean NOT NULL DEFAULT false,
    forgotten   boolean NOT NULL DEFAULT false
);
CREATE INDEX membership_payer_customer ON membership_payer (customer_id);

CREATE TABLE membership (
    membership_id        uuid        PRIMARY KEY,
    account_id           uuid        NOT NULL,
    holder_id            uuid        NOT NULL,
    requested_at         timestamptz NOT NULL,
    plan                 text        NOT NULL,
    plan_wanted          text,
    state                text        NOT NULL,
    state_since          timestamptz NOT NULL,
    has_begun            boolean     NOT NULL DEFAULT false,
    through              timestamptz,            -- paid, or on trial, until then
    unpaid_since         timestamptz,
    next_tick_at         timestamptz,            -- when time alone changes something
    ends_at              timestamptz,            -- it will not renew
    lapsed_for           text,
    subscription_id      text,                   -- the one that counts
    checkout_session_id  text,                   -- a page that waits for a payment
    checkout_expires_at  timestamptz
);
CREATE INDEX membership_holder ON membership (holder_id);
CREATE INDEX membership_account ON membership (account_id);
CREATE INDEX membership_tick ON membership (next_tick_at) WHERE next_tick_at IS NOT NULL;

-- What the newest look at each subscription said.
CREATE TABLE membership_subscription (
    membership_id            uuid        NOT NULL,
    subscription_id          text        NOT NULL,
    customer_id              text        NOT NULL,
    status                   text        NOT NULL,
    began_at                 timestamptz NOT NULL,
    period_end_at            timestamptz,
    ends_at_period_end       boolean     NOT NULL,
    quantity                 integer     NOT NULL,
    price                    text        NOT NULL,
    observed_at              timestamptz NOT NULL,
    trouble_invoice_id       text,
    trouble_attempt          integer,
    trouble_next_try_at      timestamptz,
    trouble_kind             text,
    trouble_second_factor    boolean,
    told_as_second           boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (membership_id, subscription_id)
);
CREATE INDEX membership_subscription_id ON membership_subscription (subscription_id);

CREATE TABLE membership_wish (
    membership_id uuid        NOT NULL,
    wish          text        NOT NULL,
    asked_at      timestamptz NOT NULL,
    PRIMARY KEY (membership_id, wish)
);

-- What was asked for and refused by the payment service, until it is asked for again.
CREATE TABLE membership_wish_refused (
    membership_id uuid        NOT NULL,
    wish          text        NOT NULL,
    why           text        NOT NULL,
    refused_at    timestamptz NOT NULL,
    PRIMARY KEY (membership_id, wish)
);

-- What a look said that nobody understands yet.
CREATE TABLE membership_question (
    membership_id   uuid        NOT NULL,
    subscription_id text        NOT NULL,
    about           text        NOT NULL,
    said            text        NOT NULL,
    observed_at     timestamptz NOT NULL,
    PRIMARY KEY (membership_id, subscription_id)
);

CREATE TABLE money_ledger (
    ledger_id  uuid PRIMARY KEY,
    account_id uuid NOT NULL
);

CREATE TABLE money_line (
    position        bigint      PRIMARY KEY,     -- in the log, so lines stand as they were known
    account_id      uuid        NOT NULL,
    kind            text        NOT NULL,
    object_id       text        NOT NULL,
    concerns        text        NOT NULL,
    attempt         integer     NOT NULL,
    cents           bigint      NOT NULL,
    currency        text        NOT NULL,
    order_id        text,
    actor           text        NOT NULL,
    person_id       uuid,
    second_id       uuid,
    reason          text,
    true_at         timestamptz NOT NULL,
    known_at        timestamptz NOT NULL,
    source_event_id text,
    request_id      text,
    idempotency_key text
);
CREATE INDEX money_line_account ON money_line (account_id, position);
