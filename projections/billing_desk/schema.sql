-- Which account a stream is about.
CREATE TABLE billing_stream (
    stream_id  uuid PRIMARY KEY,
    account_id uuid NOT NULL
);

-- Every id of the payment service's that we have met, and whose account it belongs to.
CREATE TABLE billing_reference (
    reference  text NOT NULL,
    account_id uuid NOT NULL,
    PRIMARY KEY (reference, account_id)
);
CREATE INDEX billing_reference_account ON billing_reference (account_id);

CREATE TABLE refund_proposal (
    order_id    text        NOT NULL,
    account_id  uuid        NOT NULL,
    invoice_id  text        NOT NULL,
    cents       bigint      NOT NULL,
    currency    text        NOT NULL,
    reason      text        NOT NULL,
    proposed_by uuid        NOT NULL,
    proposed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, order_id)
);
