"""Handing over goes on after whatever goes wrong on the way, and says so to who is turned away: memory is all there is."""

import threading

import pytest
from redis.exceptions import ConnectionError as Gone

from runners.alone import Parts
from runners.engine.errors import StoreAway
from runners.engine.gate import Gate
from runners.handover import watch


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ValueError("nobody thought of this"), r"fails \(ValueError\): it is tried again, and the log says why"),
        (OSError("no space left on device"), r"fails \(OSError\)"),
        (Gone("away"), "hands over to it; try again in a moment"),
    ],
)
def test_a_hand_over_that_fails_is_tried_again_and_says_so_at_its_closed_gate(fault, said, monkeypatch):
    gate, tries = Gate(), []
    monkeypatch.setattr(watch.time, "sleep", lambda _: None)

    def act():
        tries.append(1)
        if len(tries) == 1:
            raise fault
        with pytest.raises(StoreAway, match=said):
            gate.enter()

    watch._until_done(gate, act)

    assert len(tries) == 2


@pytest.mark.parametrize("mode", ["memory"])
def test_a_look_that_fails_unforeseen_is_not_the_last_one(platform, monkeypatch):
    parts, looks = Parts(threading.Event(), ()), []
    monkeypatch.setattr(watch, "LOOK_EVERY_SEC", 0.001)

    def look(settings):
        looks.append(settings.queue_mode)
        if len(looks) == 3:
            parts.stop.set()
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(watch, "open_platform", look)

    watch._watch(platform, parts)

    assert looks == ["auto"] * 3
