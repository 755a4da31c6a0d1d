"""Print `.env.example`, or with `handbook` the handbook's chapter on settings, in Bahasa Indonesia after a further `id`."""

import sys

from runners.engine.settings.example import chapter, env_example

asked, language = (*sys.argv[1:3], "", "")[:2]
print(chapter(language or "en") if asked == "handbook" else env_example(), end="")
