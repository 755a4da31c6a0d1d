"""A whole deployment as one file, and back: `multijob backup FILE` and `multijob restore FILE`.

Each object is read in one moment of its own, while everything goes on, and is written whole; `gather` says in which order, so
that what points at something finds it. The restored deployment is made of the same writes as a hand-over's.
"""
