"""Which mutants break which invariant; `docs/reliability.md` shows the same table."""

INVARIANTS = {
    "I1": ("no overlap guard", "no overlap guard in the script"),
    "I2": ("no flow guard", "no flow guard in the script", "a hand-over passes by a flow limit"),
    "I3": ("the reaper forgets the slot sets",),
    "I4": ("a claim leaves the run waiting", "a lease that moved is taken"),
    "I5": ("no reconciler", "a take drops a message that nobody has read"),
    "I6": ("a token does not rise", "a zombie may finish"),
    "I7": (
        "an end may come twice",
        "a claim compares nothing",
        "a cancel overwrites an end",
        "a dropped run stays in its job's list",
        "a failure stands in no group",
    ),
    "I8": ("a slot is not compared",),
    "I9": (
        "no reconciler",
        "retention drops what runs",
        "a held job is not woken by a run's end",
        "a held job is not woken by a free place",
        "a hold that has ended is not seen",
        "a held job is counted under no guard",
    ),
    "I10": ("pressure has one mark",),
    "I11": ("no cap", "low priorities starve"),
    "I12": ("a cooldown is never set", "a success does not reset", "a cooldown does not move with the clock"),
    "I13": (
        "an approval is decided twice",
        "a decision comes apart from its effect",
        "what was shown is not compared",
        "an edit leaves what was shown before it",
        "a cancelled run is still decided on",
        "an approval waits for ever",
    ),
    "I14": ("retries without end", "a due retry is forgotten", "a clock that is set back is not followed"),
    "I15": ("the clock of the process",),
    "I16": ("what is paused is dispatched", "a pause is not seen in the script", "a resume forgets who waits"),
    "I18": ("a worker takes another pool's run", "a next attempt leaves its pool"),
}
"""I16 is about pauses, I18 about worker pools."""


def invariants_of(mutant: str) -> set[str]:
    """Return the invariants that a mutant breaks."""
    return {invariant for invariant, mutants in INVARIANTS.items() if mutant in mutants}
