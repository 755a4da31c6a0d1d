"""`python -m runners.cli`, the same as `multijob`."""

from runners.cli.main import main

main(prog_name="multijob")
