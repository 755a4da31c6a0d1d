"""No word of a page stands where it cannot be translated."""

from pathlib import Path

import pytest

from tests.presentation.bare_words import bare_words_of_python, bare_words_of_template
from webapp.pages.planner import EXAMPLES

TOP = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((TOP / "templates").rglob("*.html"))
ENGLISH = {"docs"}
"""The description of the API speaks English alone, as the API itself and its OpenAPI document do."""


def rooms() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in TEMPLATES:
        found.setdefault(str(path.relative_to(TOP / "templates").parent), []).append(path)
    return found


@pytest.mark.parametrize("room", sorted(set(rooms()) - ENGLISH))
def test_no_word_of_a_template_is_bare(room: str) -> None:
    found = [(path.name, words) for path in rooms()[room] if (words := bare_words_of_template(path.read_text()))]

    assert found == []


PYTHON = sorted(path for room in ("pages", "presentation") for path in (TOP / "webapp" / room).glob("*.py"))
SPOKEN_BY_OTHERS = {
    "account_form.py": {"the body"},
    "job_typed.py": {"the body", "the text"},
    "planner.py": set(EXAMPLES),
}
"""What errors of the engine are told to call a thing, and what people of either language may say to the planner."""


@pytest.mark.parametrize(
    "path",
    PYTHON,
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_no_phrase_of_a_page_is_bare(path: Path) -> None:
    exempt = SPOKEN_BY_OTHERS.get(path.name, set())

    assert [words for words in bare_words_of_python(path.read_text()) if words not in exempt] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ _('Jobs') }}: {{ count }}</p>", []),
        ("<p>Jobs</p>", ["Jobs"]),
        ("<p>{% trans %}Jobs{% endtrans %}</p>", []),
        ("<p>{% if a %}yes{% endif %}</p>", ["yes"]),
        ("{% block title %}Jobs{% endblock %}", ["Jobs"]),
        ("<p>Multi-Job API · 1/2 JSON</p>", []),
        ("<p><code>multijob up</code></p>", []),
        ('<p title="A word"></p>', ["A word"]),
        ('<td data-label="next"></td>', ["next"]),
        ('<p class="a word" id="x"></p>', []),
        ("<input placeholder=\"{{ 'words' }}\">", ["words"]),
        ("<p>{{ 'one' if a == 'two' else 'three' }}</p>", ["one", "three"]),
        ("<p class=\"{{ 'one' if a else 'two' }}\"></p>", []),
        ("<p>{{ words.act('jobs.run', 'Run it', 'danger') }}</p>", ["Run it"]),
        ("<p>{{ words.act('jobs.run', 'Run', name='x') }}</p>", ["Run"]),
        ("<p>{{ words.act('jobs.run', _('Run'), name='x') }}</p>", []),
        ("<p>{{ 'held ' ~ since }}</p>", ["held "]),
        ("<p>{{ url_for('jobs.show', job_id='A b') }}</p>", []),
        ("<p>{{ ngettext('%(num)s run', '%(num)s runs', n) }}</p>", []),
        ("{% set title = 'Secrets' %}", ["Secrets"]),
        ("{% with about='they go in' %}{% include 'a.html' %}{% endwith %}", ["they go in"]),
        ("{% call fields.field('zone', 'Time zone') %}x{% endcall %}", ["x", "Time zone"]),
        ("{% for a in b if a == 'x y' %}{% endfor %}", []),
        ("<p>{{ a or 'nobody' }}</p>", ["nobody"]),
        ("<p>{{ rows | join(', ') }}</p>", []),
    ],
)
def test_what_is_bare_is_found(source: str, found: list[str]) -> None:
    assert bare_words_of_template(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""A docstring of words."""', []),
        ('tell("It is done.")', ["It is done."]),
        ('tell(_("It is done."))', []),
        ('tell(f"Job {name} is made.")', [" is made."]),
        ('x = {"a": "Ask for it"}', ["Ask for it"]),
        ('re.compile("a b")', []),
        ('url_for("jobs.show")', []),
    ],
)
def test_what_is_bare_in_python_is_found(source: str, found: list[str]) -> None:
    assert bare_words_of_python(source) == found
