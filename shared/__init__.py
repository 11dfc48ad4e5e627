"""What two or more services use today: the edge, the outbox, the consumer, event contracts. Knows no service."""
