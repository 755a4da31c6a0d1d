"""scripts/screenshots: a page of a deployment that it starts itself, as a small picture."""

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scripts.pictures.album import Album, Look
from scripts.pictures.stages import staged

pytestmark = pytest.mark.slow
INDEXED = 3
"""PNG's type of colours from a palette."""


def test_a_page_becomes_a_small_picture_in_every_language_and_scheme(chromium: Browser, tmp_path: Path) -> None:
    with staged("empty") as stage:
        album = Album(chromium, stage)
        for look in (Look(), Look("dark", 390, "id", height=700)):
            album.take(album.pages["overview"], look, tmp_path / f"{look.scheme}.png")

    light, dark = ((tmp_path / f"{scheme}.png").read_bytes() for scheme in ("light", "dark"))
    assert all(len(picture) < 200_000 for picture in (light, dark))
    assert struct.unpack(">I4xBB", light[16:26])[::2] == (1280, INDEXED)
    assert struct.unpack(">II", dark[16:24]) == (390, 700)
