"""What is printed inside a worker hides known secrets, piece by piece."""

import io

import pytest

from runners.engine.known_secrets import KNOWN
from runners.engine.redactor import Redactor
from runners.printed import Printed

CANARY = "canary-27ab-0123456789"


@pytest.fixture
def behind(monkeypatch):
    """What really is written."""
    monkeypatch.setattr(KNOWN, "redactor", Redactor([CANARY]))
    return io.StringIO()


def test_a_secret_that_comes_in_pieces_is_hidden(behind):
    printed = Printed(behind)
    for piece in ("it is ", CANARY[:7], CANARY[7:], "\n", "plain\n"):
        print(piece, end="", file=printed, flush=True)

    assert behind.getvalue() == "it is ****\nplain\n"


def test_what_waits_is_let_out_at_the_end(behind):
    printed = Printed(behind)
    printed.write("over can")
    printed.end()

    assert behind.getvalue() == "over can"
