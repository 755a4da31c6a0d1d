"""Numbers and places in a row as words, in both languages: data, and nothing else."""

from __future__ import annotations

from runners.planner.lexicon import words

NUMBERS = {
    word: number
    for number, listed in {
        1: "satu one",
        2: "dua two",
        3: "tiga three",
        4: "empat four",
        5: "lima five",
        6: "enam six",
        7: "tujuh seven",
        8: "delapan eight",
        9: "sembilan nine",
        10: "sepuluh ten",
        11: "sebelas eleven",
        12: "twelve",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        45: "forty-five",
        50: "fifty",
        60: "sixty",
        90: "ninety",
        100: "seratus",
    }.items()
    for word in listed.split()
}
TEENS, TENS = "belas", "puluh"

ORDINALS = words("th st nd rd")
EARLY = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINAL_WORDS = {word: place for place, word in enumerate(EARLY, 1)} | {"fifteenth": 15, "twentieth": 20}
"""What stands behind a number to make it a day, and the words for such days."""
