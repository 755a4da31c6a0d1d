"""Traces of runs for OpenTelemetry: one from the request or the slot to the run's end. Off until an endpoint is set."""
