"""A copy of a run ends as a script ends one."""

import re
from pathlib import Path

from runners.engine.protocol import scripts
from runners.engine.store.copies import OF_ACTIVE

ENDING = Path(scripts.__file__).with_name("_run.lua").read_text()


def test_an_end_takes_the_same_fields_from_a_copy_as_from_the_run():
    listed = re.search(r"ONLY_WHILE_ACTIVE = {(.*?)}", ENDING, re.DOTALL)
    of_agents = re.findall(r"call\('HDEL', run\.key, '(\w+)'\)", ENDING)

    assert listed is not None
    assert {*re.findall(r"'(\w+)'", listed[1]), *of_agents} == OF_ACTIVE
