"""What a job does: one module per family of handlers, each registered by its type (`runners.engine.handler`)."""
