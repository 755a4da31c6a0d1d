"""What `gunicorn wsgi:app` reads by itself when started here."""

from runners.web import bind, control_socket_disable, graceful_timeout, threads, worker_class, workers

__all__ = ["bind", "control_socket_disable", "graceful_timeout", "threads", "worker_class", "workers"]
