"""A picture with at most 256 colours takes a third of the room: counted by the browser, written as a PNG with a palette."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode

from playwright.sync_api import Page

COUNT = """
async (picture) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + picture)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const drawn = canvas.getContext("2d");
  drawn.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(drawn.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const far = (a, b) => [0, 8, 16].reduce((sum, shift) => sum + ((a >> shift & 255) - (b >> shift & 255)) ** 2, 0);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([pixel]) => pixel);
  const colours = frequent.slice(0, 128); // as they are: large areas must not change their tone; the rest as far apart as there is room
  const isNew = (pixel) => colours.length < 256 && !colours.some((other) => far(pixel, other) < 150);
  for (const pixel of frequent.slice(128)) if (isNew(pixel)) colours.push(pixel);
  const places = new Map(colours.map((pixel, place) => [pixel, place]));
  const nearest = (pixel) => colours.reduce((best, other, place) => far(pixel, other) < far(pixel, colours[best]) ? place : best, 0);
  const indexed = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++) {
    if (!places.has(pixels[at])) places.set(pixels[at], nearest(pixels[at]));
    indexed[at] = places.get(pixels[at]);
  }
  let text = "";
  for (let at = 0; at < indexed.length; at += 32768) text += String.fromCharCode(...indexed.subarray(at, at + 32768));
  return [bitmap.width, bitmap.height, colours, btoa(text)];
}
"""


def smaller(page: Page, picture: bytes) -> bytes:
    """Return a PNG as one with a palette: its most frequent colours, then others that are like none of them.

    `page` is a browser's, and lends its eyes.
    """
    blank = page.context.new_page()
    width, height, colours, text = blank.evaluate(COUNT, b64encode(picture).decode())
    blank.close()
    indexed = b64decode(text)
    rows = b"".join(b"\0" + indexed[at : at + width] for at in range(0, len(indexed), width))
    palette = b"".join(bytes(colour >> shift & 255 for shift in (0, 8, 16)) for colour in colours)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
