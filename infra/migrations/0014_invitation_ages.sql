-- Since when contact data is kept: an address whose offer of a seat never came is deleted by its age.
ALTER TABLE vault ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX vault_invitations ON vault (kept_at) WHERE kind = 'invitation';
