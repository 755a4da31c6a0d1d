"""What a worker and a handler's process say to each other arrives whole, or is refused."""

import pytest

from runners.isolation.frames import LARGEST, LENGTH, Frames, Garbled, encode


def test_frames_arrive_whole_in_whatever_parts_they_come():
    sent = [{"a": 1}, {"text": "ä" * 1000}, {}]
    stream = b"".join(map(encode, sent))
    for size in (1, 3, 1000, len(stream)):
        frames = Frames()

        got = [frame for start in range(0, len(stream), size) for frame in frames.add(stream[start : start + size])]

        assert got == sent


@pytest.mark.parametrize(
    "stream",
    [
        b"\xff" * 64,
        LENGTH.pack(LARGEST + 1),
        LENGTH.pack(2) + b"[]",
        LENGTH.pack(1) + b"{",
        LENGTH.pack(9) + b"\xff" * 9,
    ],
)
def test_what_is_no_frame_is_refused(stream):
    with pytest.raises(Garbled):
        Frames().add(stream)


def test_a_deep_frame_is_refused():
    text = b"[" * 100_000

    with pytest.raises(Garbled):
        Frames().add(LENGTH.pack(len(text)) + text)
