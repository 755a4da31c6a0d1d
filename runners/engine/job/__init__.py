"""What a job is: its spec, its controls, its place in time, and the check of what somebody sent."""

from runners.engine.job.controls import Controls, Priority
from runners.engine.job.model import Held, Job
from runners.engine.job.spec import JobSpec, RetryPolicy, spec_from_json
from runners.engine.job.validation import validate, validate_inputs

__all__ = [
    "Controls",
    "Held",
    "Job",
    "JobSpec",
    "Priority",
    "RetryPolicy",
    "spec_from_json",
    "validate",
    "validate_inputs",
]
