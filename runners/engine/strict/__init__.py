"""Texts that people and programs send, read in one way only: what two parsers could read in two ways is refused."""
