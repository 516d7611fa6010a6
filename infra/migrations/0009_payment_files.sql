-- What came about one payer, found again after it was handled: for the administrator's desk.
CREATE INDEX inbox_about ON inbox (root_key, received_at) WHERE root_key IS NOT NULL;
