"""Print `.env.example`, or with `handbook` the handbook's chapter on settings."""

import sys

from runners.engine.settings.example import HANDBOOK, chapter, env_example

print(chapter(HANDBOOK) if sys.argv[1:] == ["handbook"] else env_example(), end="")
