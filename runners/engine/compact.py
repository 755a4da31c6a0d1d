"""JSON as it is kept in the store: without a blank that nobody reads. Pure."""

import json

compact = json.JSONEncoder(separators=(",", ":")).encode
"""Return a value as JSON text. A hash of the store stays small while its fields have at most 64 characters."""
