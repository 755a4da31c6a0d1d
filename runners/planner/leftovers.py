"""What no reader took of a clause: words that carry nothing, words that are nearly known ones, and words that are left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cache

from runners.planner.cursor import Cursor
from runners.planner.lexicon import (
    ALL_OF_THEM,
    CHANNELS,
    JOINS,
    METHODS,
    PROVIDERS,
    STRONG_WORDS,
    TELLING,
    WEAK_WORDS,
    words,
)
from runners.planner.numerals import NUMBERS

FILLERS = words(
    "a an the my our your of for to on in at as by with into onto via about all any some this that these those it its me us we "
    "i you please pls kindly just so and is are be will would should could can need needs want wants like have has do does "
    "make makes create creates set setup up run runs send sends sending give gives get gets start starts begin schedule "
    "scheduled job jobs task new data platform system status state result results result's channel sharp o'clock time times "
    "everything whole full use using from oh hey hi hello thanks thank connector bot every each again lagi "
    "di ke dari pada dengan untuk buat bikin bikinkan buatkan bikinin buatin kan nya lah ya yah dong deh sih nih aja saja juga "
    "tolong mohon minta harap coba mau ingin pengen perlu bisa agar supaya biar saya aku gue gua kami kita kamu anda yang yg "
    "ini itu adalah semua seluruh secara otomatis kirim kirimkan kirimin mengirim jalan jalankan jalanin lakukan jadwalkan "
    "jadwal atur pasang tepat pas setelah pekerjaan tugas baru sistem hasil hasilnya kanal saluran koneksi kirimlah pak bu bos "
    "mas mbak min kak satu sekali kali secepatnya dulu doang denyut heartbeat connection connections connectivity health "
    "kesehatan online waktunya rutin berkala otomatisnya regularly automatically guys team tim well alive reachable "
    "i'd i'm i'll let's let we'd we'll it's around sekitar kira-kira approximately roughly "
    "siapkan menyiapkan pastikan memastikan berjalan berlangsung membutuhkan butuh memerlukan dibuatkan dibuat diambil "
    "menjalankan dijalankan dilakukan melakukan dikirim dipanggil terjadi ensure sure take taken generate happen "
    "happens happening them keep require requires required produce "
    "produces arrange go goes going out called single we're they"
)
"""Words that carry nothing by themselves."""
KNOWN = FILLERS | ALL_OF_THEM | JOINS | METHODS | STRONG_WORDS.keys() | WEAK_WORDS.keys() | CHANNELS.keys() | PROVIDERS
SHORTEST, LONGEST, MOST_LOOKED_AT = 4, 16, 40
"""How long a word may be to be taken for a misspelled one, and how many of a clause are looked at."""


def left(cursor: Cursor) -> Iterator[int]:
    """Yield the places of words and quotations that nothing was made of."""
    for place, token in enumerate(cursor.tokens):
        if place not in cursor.taken and token.kind in ("word", "quote") and token.low not in KNOWN:
            yield place


def misspelled(cursor: Cursor, meant: Set[str]) -> tuple[str, str] | None:
    """Return the first left word that is one letter, or one turn of two, away from a word of `meant`, and that word.

    None as well where the right word stands in the clause, too: then nothing is missing.
    """
    index = _index(frozenset(meant))
    for place in list(left(cursor))[:MOST_LOOKED_AT]:
        said = cursor.tokens[place].low
        if said in TELLING or said in NUMBERS or not SHORTEST <= len(said) <= LONGEST:
            continue
        near = {word for part in _without_one(said) for word in index.get(part, ()) if _near(said, word)}
        if near and not near & cursor.words:
            return cursor.tokens[place].text, min(near)
    return None


@cache
def _index(meant: frozenset[str]) -> dict[str, list[str]]:
    """Return words by themselves and by what is left of them without one letter."""
    index: dict[str, list[str]] = {}
    for word in meant:
        if len(word) > SHORTEST:
            for part in _without_one(word):
                index.setdefault(part, []).append(word)
    return index


def _without_one(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _near(said: str, word: str) -> bool:
    """Say whether one letter more, less or other, or one turn of two neighbours, makes one of the other."""
    if abs(len(said) - len(word)) > 1 or said == word:
        return False
    first = next((place for place, (one, other) in enumerate(zip(said, word, strict=False)) if one != other), None)
    if first is None:
        return True
    rests: Iterable[tuple[str, str]] = (
        (said[first + 1 :], word[first + 1 :]),
        (said[first + 1 :], word[first:]),
        (said[first:], word[first + 1 :]),
        (said[first + 2 :], word[first + 2 :] if said[first : first + 2] == word[first : first + 2][::-1] else "\0"),
    )
    return any(one == other for one, other in rests)
