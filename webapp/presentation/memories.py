"""Whose memory agents share, in words."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from runners.engine.agents.sharing import Sharing

NAMED = 5


def shared_memory(sharing: Sharing) -> str:
    """Return with whom a job shares the memory of its agent, and what that means."""
    return _(
        "Its agent shares the memory %(key)s with %(jobs)s: what one of them fails by is told to the models of all.",
        key=sharing.agent_key,
        jobs=named(sharing.others),
    )


def named(job_ids: Sequence[str]) -> str:
    """Return the first five of them, and how many more there are."""
    first, rest = ", ".join(job_ids[:NAMED]), len(job_ids) - NAMED
    return f"{first} {ngettext('and %(num)s more', 'and %(num)s more', rest)}" if rest > 0 else first
