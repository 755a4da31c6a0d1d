"""The sentences that the engine says in English, each with how it is said in Bahasa Indonesia: refusals, problems, states.

The engine speaks to programs as well, whose language does not change; so its sentences are known here by their patterns.
Letters in brackets stand for what differs. `spoken` says them, on pages and in chat alike.
"""

from runners.engine.words.sentences.asks import ASKS
from runners.engine.words.sentences.ends import ENDS
from runners.engine.words.sentences.fields import FIELDS
from runners.engine.words.sentences.found import FOUND
from runners.engine.words.sentences.refusals import REFUSALS
from runners.engine.words.sentences.state import STATE

INDONESIAN_SENTENCES = REFUSALS | FIELDS | STATE | ENDS | FOUND | ASKS
