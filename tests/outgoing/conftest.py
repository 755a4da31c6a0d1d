"""What tests of the gate ask for: settings from an environment, and a site to send requests to."""

from tests.handlers.conftest import configured, mode, site

__all__ = ["configured", "mode", "site"]
