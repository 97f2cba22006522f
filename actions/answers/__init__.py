"""What comes back of a delivery: statuses, bounces, receipts; and what waits for a person."""
