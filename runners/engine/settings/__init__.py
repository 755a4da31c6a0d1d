"""Every setting of the platform: read once, all problems reported at once."""

from runners.engine.settings.example import env_example
from runners.engine.settings.model import Settings
from runners.engine.settings.reading import read
from runners.engine.settings.variable import Variable
from runners.engine.settings.variables import SETTINGS

__all__ = ["SETTINGS", "Settings", "Variable", "env_example", "read"]
