"""Who is away: what everybody's access comes from, so that a whole roster is asked at once."""
