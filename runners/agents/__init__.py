"""Agents: a language model that works on a prompt by tools, step by step, within limits, and each step on record."""
