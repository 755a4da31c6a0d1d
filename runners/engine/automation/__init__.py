"""Recurring agent workflows: a form over an `agent.workflow` job, the lanes that they come in, and what it is filled with."""

from runners.engine.automation.form import AgentWorkflowForm as AgentWorkflowForm
from runners.engine.automation.form import filled as filled
from runners.engine.automation.form import form_problems as form_problems
from runners.engine.automation.lanes import TEMPLATES as TEMPLATES
from runners.engine.automation.lanes import LaneTemplate as LaneTemplate
from runners.engine.automation.presets import PRESETS as PRESETS
from runners.engine.automation.presets import Preset as Preset
from runners.engine.automation.spec import TYPE as TYPE
from runners.engine.automation.spec import all_problems as all_problems
from runners.engine.automation.spec import to_fields as to_fields
from runners.engine.automation.spec import to_spec as to_spec
