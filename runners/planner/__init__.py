"""A sentence in Bahasa Indonesia or English becomes a plan: specs, what they would change, when they would run. Never an action.

Its two operations stand beside those of the engine: doors call nothing else of it.
"""

from runners.planner.ai import ModelWish
from runners.planner.executing import Executed, Execution, execute_plan
from runners.planner.planning import Plan, Planned, Wish, plan

__all__ = ["Executed", "Execution", "ModelWish", "Plan", "Planned", "Wish", "execute_plan", "plan"]
