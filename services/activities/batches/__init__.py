"""Operations that were captured offline, sent together: each with a result of its own, each done once."""
