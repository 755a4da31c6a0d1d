"""The engine, its handlers, and the processes around it; importable without Flask."""
