"""Mail and SMS through a transactional outbox: a message leaves only if the act that asked for it was committed."""
