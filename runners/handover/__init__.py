"""From memory to a server that has appeared: once, by the process itself, whole (design §5.3)."""
