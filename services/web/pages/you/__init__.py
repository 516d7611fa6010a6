"""Pages about oneself: name, licences, sign-ins, leave, access."""
