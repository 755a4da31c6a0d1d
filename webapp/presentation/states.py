"""What states are called. A state names its shape in English (static/css/state.css); here is its word."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

WORDS = (
    *(
        _l("success"),
        _l("failed"),
        _l("cancelled"),
        _l("queued"),
        _l("running"),
        _l("retrying"),
        _l("waiting"),
        _l("lost"),
    ),
    *(
        _l("held"),
        _l("skipped"),
        _l("missed"),
        _l("dispatched"),
        _l("enabled"),
        _l("disabled"),
        _l("paused"),
        _l("idle"),
    ),
    *(_l("online"), _l("stale"), _l("offline"), _l("draining"), _l("pressure"), _l("open"), _l("sent"), _l("returned")),
    *(_l("active"), _l("revoked"), _l("expired"), _l("pending"), _l("approved"), _l("rejected"), _l("void"), _l("ok")),
    *(
        _l("working"),
        _l("finished"),
        _l("undoing"),
        _l("undone"),
        _l("refused"),
        _l("done"),
        _l("timeout"),
        _l("crashed"),
    ),
    *(_l("degraded"), _l("on"), _l("kept"), _l("withdrawn"), _l("unreadable"), _l("unauthorized"), _l("forbidden")),
    *(_l("unreachable"), _l("protocol"), _l("ended"), _l("too much"), _l("not installed"), _l("unknown")),
    *(_l("received"), _l("planned"), _l("executed")),
)
"""Every word that a state is shown by, so that each stands in the catalogues."""


def state_word(state: str) -> str:
    """Return what `state` is called in the reader's language; what is no state is said as it is."""
    return gettext(state) if state else ""
