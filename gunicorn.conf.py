"""What `gunicorn wsgi:app` reads by itself when started here."""

from runners.web import bind, control_socket_disable, forwarded_allow_ips, graceful_timeout, threads, worker_class, workers

__all__ = ["bind", "control_socket_disable", "forwarded_allow_ips", "graceful_timeout", "threads", "worker_class", "workers"]
