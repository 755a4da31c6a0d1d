"""Memory mode's Redis: what it holds and its commands in Lua, in the interpreter that runs the platform's scripts.

A command of a script is one call within Lua, so that a script costs what its own text does. What surrounds the keys
(transactions, watching, blocking, publishing, clients) is fakeredis, whose own keys stay empty.
"""
