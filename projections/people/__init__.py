"""Who is who: names as people may see them, roles, licences."""
