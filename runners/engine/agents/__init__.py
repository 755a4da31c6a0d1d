"""What agents leave on record: the steps of a run, and what is remembered from run to run. Pure."""
