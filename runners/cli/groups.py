"""`job` and `run` with all their commands, which stand in several rooms."""

from runners.cli import bulk, holding, job_bulk, jobs, reasons, runs, versions

__all__ = ["job", "run"]
job, run = jobs.job, runs.run

for command in (*reasons.COMMANDS, *holding.JOB_COMMANDS, *versions.COMMANDS, job_bulk.bulk):
    job.add_command(command)
for command in (*reasons.RUN_COMMANDS, bulk.bulk):
    run.add_command(command)
