"""Handlers in processes of their own: whatever one does, it ends in time, and nothing else ends with it."""
