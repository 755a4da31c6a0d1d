"""Print `.env.example`."""

from runners.engine.settings.example import env_example

print(env_example(), end="")
