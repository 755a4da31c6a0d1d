"""Which version of the program this is; setup.cfg reads it from here, so that a checkout knows it too."""

VERSION = "0.1.0"
