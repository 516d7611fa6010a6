-- What the payment service is told. The calls of an order are worded once, before the first try, and
-- never again: the same key with other words is an error there. A generation is a new key, taken only
-- after a look proved that the old one made nothing.
CREATE TABLE payment_orders (
    effect_id   uuid        PRIMARY KEY,
    kind        text        NOT NULL,
    calls       text,                            -- JSON, frozen; none once it was refused
    step        smallint    NOT NULL DEFAULT 0,  -- how many of the calls are done
    generation  smallint    NOT NULL DEFAULT 1,
    began_at    timestamptz,                     -- when this generation was first tried
    tries       integer     NOT NULL DEFAULT 0,
    broken      integer     NOT NULL DEFAULT 0,  -- answers that say nothing, of this generation
    made        text[]      NOT NULL DEFAULT '{}',
    request_id  text,
    last_error  text,
    created_at  timestamptz NOT NULL,
    done_at     timestamptz
);
CREATE INDEX payment_orders_done ON payment_orders (done_at) WHERE done_at IS NOT NULL;

-- What waits about one subject: its orders are carried out in the order in which they were given.
CREATE INDEX outbox_payment_orders ON outbox (created_at)
    WHERE state = 'waiting' AND kind = 'payment_order';
