"""Language models behind OpenAI-compatible endpoints: which there are, and asking one, through the gate."""
