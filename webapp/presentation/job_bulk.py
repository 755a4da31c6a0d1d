"""What a bulk operation on jobs is called, and what it would do, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import ngettext

from runners.engine.bulk import Action, Bulk
from runners.engine.job_bulk import Does, told
from runners.engine.words import Language
from webapp.language import language
from webapp.presentation.times import local

DOES_SHAPES = {Does.CHANGE: "dispatched", Does.UNCHANGED: "idle", Does.REFUSED: "skipped"}
"""What is done to a job by the shapes that states have."""
OUTCOME_SHAPES = {
    "done": "success",
    "skipped": "skipped",
    "undone": "cancelled",
    "kept": "skipped",
    "withdrawn": "cancelled",
}
"""What became of a job, or a run, by the shapes that states have."""


def job_bulk_words(action: str, total: int, tag: str = "") -> str:
    """Return what a bulk operation does to how many jobs."""
    match action:
        case Action.ENABLE:
            return ngettext("Enable %(num)s job", "Enable %(num)s jobs", total)
        case Action.DISABLE:
            return ngettext("Disable %(num)s job", "Disable %(num)s jobs", total)
        case Action.RUN:
            return ngettext("Run %(num)s job", "Run %(num)s jobs", total)
        case Action.TAG:
            return ngettext("Tag %(num)s job %(tag)s", "Tag %(num)s jobs %(tag)s", total, tag=tag)
        case Action.UNTAG:
            return ngettext("Take %(tag)s from %(num)s job", "Take %(tag)s from %(num)s jobs", total, tag=tag)
        case _:
            return ngettext("Delete %(num)s job", "Delete %(num)s jobs", total)


def job_bulk_title(bulk: Bulk) -> str:
    """Return `job_bulk_words` of an operation."""
    return job_bulk_words(bulk.action, bulk.total, bulk.tag)


def does_word(does: Does) -> str:
    """Return whether something is done to a job, in a word."""
    said = {Does.CHANGE: _("will be done"), Does.UNCHANGED: _("nothing to do"), Does.REFUSED: _("refused")}
    return said[does]


def told_here(detail: str) -> str:
    """Return why nothing was done to a job."""
    return local(told(detail, Language(language())))
