"""What needs a person, in sentences."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from runners.engine import settings
from runners.engine.job import Job, JobSpec
from runners.engine.pause import Pause
from runners.engine.run import Run
from runners.engine.store.deliveries import Unsent
from runners.engine.store.examination import Examination, Fault
from runners.engine.store.facts import QueueFacts
from runners.engine.store.pools import Pool
from runners.engine.store.processes import Process, ProcessStatus
from webapp.presentation.needs import Need, needs

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
SETTINGS = settings.read({"REDIS_URL": "redis://127.0.0.1:1"})
UNEXAMINED = Examination(None, timedelta(), "", "", (), None, "")
CALM = QueueFacts(
    depth=0,
    depth_by_priority={"critical": 0, "normal": 0, "low": 0},
    delayed=0,
    running=0,
    held=0,
    pressure_mode=False,
    pressure_since=None,
    oldest_wait=None,
    mode="streams",
)


@dataclass(frozen=True)
class Remembered:
    consecutive_failures: int
    cooldown_until: datetime | None
    last_error: str | None


def process(type: str, status: ProcessStatus = ProcessStatus.ONLINE) -> Process:
    return Process(type, type, status, NOW - timedelta(seconds=18), "1", "host-1", 7, "", NOW, None)


ALL_WELL = [process("scheduler"), process("worker")]


def asked(
    queue: QueueFacts = CALM, processes: list[Process] | None = None, failing=(), poison=(), **more
) -> list[Need]:
    known = {
        "queue": queue,
        "processes": ALL_WELL if processes is None else processes,
        "failing": list(failing),
        "poison": list(poison),
        "unserved": [],
        "fault": None,
        "examination": UNEXAMINED,
        "unsent": Unsent(0),
    }
    return needs(SimpleNamespace(**known | more), SETTINGS, NOW)


def test_nothing_is_needed_when_all_is_well():
    assert asked() == []


def test_a_missing_scheduler_and_worker_are_named_with_the_command_that_helps():
    titles = {need.title: need.text for need in asked(processes=[])}

    assert "multijob scheduler" in titles["No scheduler runs"]
    assert "multijob worker" in titles["No worker runs"]


def test_a_pool_in_which_runs_wait_for_nobody_is_named_with_the_command_that_helps():
    (need,) = asked(unserved=[Pool("gpu", 2, 0, 0)])

    assert need.title == "No worker of pool gpu runs"
    assert need.text == "2 runs in the queue. Start one: WORKER_POOL=gpu multijob worker."


def test_workers_that_all_drain_are_named_and_one_that_does_not_is_enough():
    draining = replace(process("worker"), draining=Pause("drain:worker", NOW, "ana"))

    (need,) = asked(replace(CALM, depth=3), [process("scheduler"), draining])

    assert need.title == "Every worker drains"
    assert "3 runs in the queue" in need.text and "multijob worker" in need.text
    assert asked(processes=[*ALL_WELL, draining]) == []


def test_a_silent_process_says_since_when():
    (need,) = asked(processes=[*ALL_WELL, process("worker", ProcessStatus.STALE)])

    assert need.tone == "wait"
    assert need.text.startswith("Its last beat was 18 s ago.")


def test_a_process_that_died_is_missed_until_another_is_started_in_its_place():
    dead = replace(process("worker", ProcessStatus.OFFLINE), id="dead", last_heartbeat_at=NOW - timedelta(minutes=5))
    dead = replace(dead, started_at=NOW - timedelta(hours=1))
    there = replace(process("worker"), started_at=NOW - timedelta(hours=2))

    def titles(*processes: Process) -> list[str]:
        return [need.title for need in asked(processes=[process("scheduler"), there, *processes])]

    assert titles(dead) == ["worker 7 on host-1 does not report"]
    assert titles(dead, replace(there, started_at=NOW - timedelta(minutes=1))) == []
    assert titles(replace(dead, left_at=NOW - timedelta(minutes=5))) == []
    assert titles(replace(dead, last_heartbeat_at=NOW - timedelta(hours=2))) == []


def test_pressure_says_when_it_ends():
    (need,) = asked(replace(CALM, depth=320, pressure_mode=True, pressure_since=NOW))

    assert need.title == "Pressure mode since 12:00:00 UTC"
    assert "until at most 180 wait" in need.text


def test_failures_in_a_row_come_first_with_the_first_line_of_the_error_and_the_way_on():
    job = Job(JobSpec(job_id="exports", type="x"), 1, 1, True, NOW, NOW, NOW)
    remembered = Remembered(4, NOW + timedelta(minutes=30), "exit status 2\nTraceback")

    first = asked(
        processes=[process("scheduler"), process("worker"), process("web", ProcessStatus.STALE)],
        failing=[(job, remembered)],
    )[0]

    assert first.title == "exports failed 4 times in a row"
    assert first.text == "exit status 2 · cooldown until 12:30:00 UTC"
    assert [act.word for act in first.acts] == ["Why", "Run anyway"]


def test_a_run_that_crashed_until_no_attempt_was_left_is_one_click_from_another_try():
    error = '"its process ended by signal 11 (Segmentation fault)"'
    fields = {"job_id": "exports", "job_type": "x", "job_version": "1", "status": "failed", "attempt": "1"}
    fields |= {"source": "manual", "created_at": "1", "scheduled_at": "1", "started_at": "2", "finished_at": "3"}
    fields |= {"attempts": '{"n":0,"s":1,"f":2,"w":"w","o":"failed"}', "timeout_ms": "1", "max_retry": "1"}
    run = Run.from_hash("run_1", fields | {"result": f'{{"error":{error}}}', "failure_kind": "crashed"})

    (need,) = asked(poison=[run])

    assert (need.tone, need.title) == ("bad", "A run of exports crashed")
    assert need.text == f"{error[1:-1]} · 2 attempts, none is left"
    again = next(act for act in need.acts if act.post)
    assert (again.word, again.endpoint, again.arguments) == ("Try again", "run_changes.retry", {"run_id": "run_1"})


def test_a_store_that_may_drop_jobs_is_the_first_need():
    found = asked(processes=[], fault="the store has the wrong eviction policy 'allkeys-lru' and may drop jobs")

    assert (found[0].title, found[0].tone) == ("The store is not as it has to be", "bad")
    assert "allkeys-lru" in found[0].text
    assert found[0].acts[0].endpoint == "about.show"


def test_what_an_examination_found_is_told_and_the_rest_counted():
    faults = tuple(Fault(f"I{number}", f"run {number}\nmore") for number in range(1, 7))
    last = replace(
        UNEXAMINED, at=NOW, faults=(Fault("server", "told elsewhere"), Fault("memory", "nearly full"), *faults)
    )

    titles = [need.title for need in asked(examination=last)]

    assert titles == [
        "Not well: memory",
        "A rule is broken: I1",
        "A rule is broken: I2",
        "4 more things are not well",
    ]


def test_notices_that_could_not_be_sent_name_the_rule_and_the_reason():
    (need,) = asked(unsent=Unsent(3, NOW - timedelta(minutes=4), "on-call", "connection refused"))

    assert (need.tone, need.title) == ("wait", "3 notices could not be sent")
    assert need.text == "rule on-call, 4 min ago: connection refused"


def test_of_many_silent_processes_workers_come_first_and_the_rest_is_counted():
    silent = [
        replace(process(kind, ProcessStatus.STALE), id=str(at))
        for at, kind in enumerate(["web", "connector"] * 2 + ["worker"])
    ]

    titles = [need.title for need in asked(processes=[*ALL_WELL, *silent])]

    assert titles[0] == "worker 7 on host-1 does not report"
    assert len(titles) == 4 and titles[-1] == "2 more processes do not report"
