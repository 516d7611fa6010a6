-- Documents that members sent as proof of credits earned elsewhere, each under its member's key.
-- The bytes come before the event that names them; kept_at is set once that event stands, and what
-- is never named is swept.
CREATE TABLE sealed_documents (
    document_id uuid        PRIMARY KEY,
    subject_id  uuid        NOT NULL,
    content     bytea       NOT NULL,
    made_at     timestamptz NOT NULL,
    kept_at     timestamptz
);
CREATE INDEX sealed_documents_subject ON sealed_documents (subject_id);
CREATE INDEX sealed_documents_unnamed ON sealed_documents (made_at) WHERE kept_at IS NULL;
