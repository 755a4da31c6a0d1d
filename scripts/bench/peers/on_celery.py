"""celery with Redis as broker and result store."""

import os

from celery import Celery
from noop import noop

URL = os.environ["REDIS_URL"]
app = Celery("bench", broker=URL, backend=URL)
app.conf.worker_send_task_events = False
task = app.task(name="bench.noop")(noop)


def send(sent: float) -> None:
    """Enqueue one task."""
    task.delay(sent)
