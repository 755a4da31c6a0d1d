"""What a question offers is said in the reader's language, and means the same in either."""

from runners.engine.words import Language
from runners.planner.grammar import Asked, understand
from runners.planner.offers import offered
from runners.planner.reading import normalized
from tests.planner.test_sentences import NOW, ROWS


def meaning(text: str) -> object:
    """Return what a sentence comes to, but for what an agent is told: that is in the words of the sentence."""
    found = understand(normalized(text), Asked("Asia/Jakarta", NOW))
    drafts = [(one.type, one.schedule, {**one.inputs, "prompt": None}) for one in found.drafts]
    return drafts, [question.note.name for question in found.questions], found.out_of_reach


def test_each_choice_means_in_english_what_it_means_in_indonesian() -> None:
    differing = []
    for text in (normalized(row["say"]) for row in ROWS if row.get("asks")):
        for question in understand(text, Asked("Asia/Jakarta", NOW)).questions:
            for choice in question.choices:
                english = offered(choice, Language.EN)
                if meaning(question.answered(text, choice)) != meaning(question.answered(text, english)):
                    differing.append((text, choice, english))

    assert differing == []
