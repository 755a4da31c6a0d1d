"""Python as the program that a command runs."""

import os
import sys
from typing import Any

from runners.handlers.command import run
from tests.handlers.context import FakeContext, perform

PYTHON = os.path.realpath(sys.executable)


def python(ctx: FakeContext, code: str, *arguments: str, **inputs: Any) -> Any:
    """Run `code` with Python as a command."""
    return perform(run, ctx, argv=[PYTHON, "-c", code, *arguments], **inputs)
