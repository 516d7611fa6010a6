-- What moved for other products in the same account at the payment service, by the month whose sums
-- it was left out of: for the administrators' desk.
CREATE TABLE sums_left_out (
    month     date    NOT NULL,  -- its first day
    move      text    NOT NULL,  -- paid, paid_back
    currency  text    NOT NULL,
    many      integer NOT NULL,  -- how many payments, or refunds
    cents     bigint  NOT NULL,  -- in the currency's smallest units
    PRIMARY KEY (month, move, currency)
);
