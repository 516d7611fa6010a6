"""What only its own people may read: keys, contact data, sealed texts, papers, documents."""
