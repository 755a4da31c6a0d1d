"""Safe loads: many small jobs that never overlap, on a real server or on a virtual clock, judged by what their runs' records say.

What plays on a server (`live` and all that it needs) is the standard library alone, so that it runs from anywhere; only
`virtual` and what it needs know the platform.
"""
