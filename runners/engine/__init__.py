"""What a job is, when it is due, whether it may run, and what happened."""
