"""Pages for administrators: people, providers, certificates, claims, what is stuck."""
