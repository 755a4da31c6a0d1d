"""What an agent may do: one `Tool` for each kind of act, offered to the model by its name.

A module of this package makes tools for one run: its `offered(situation)` yields them, and `MAKERS` (`runners.agents.offered`)
names the modules. The loop (`runners.agents.loop`) reads the model's arguments, asks for what is lacking, journals the step,
acts, and journals what came of it. So a tool needs to know nothing of models, approvals or journals.
"""
