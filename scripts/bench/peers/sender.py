"""Enqueues through a peer's own API: `sender.py MODULE COUNT [PAUSE_SEC]`; with a pause each says when it was sent."""

import sys
import time
from importlib import import_module

module, count, pause = import_module(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
for _ in range(count):
    module.send(time.time() if pause else 0.0)
    time.sleep(pause)
