"""A program that says one of several texts: `python saying.py NUMBER` reads them from a file in its folder."""

import json
import sys

with open("said.json") as said:
    print(json.load(said)[int(sys.argv[1])])
