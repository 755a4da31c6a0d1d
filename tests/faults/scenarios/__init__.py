"""The fault scenarios by number and name; each is played by `tests.faults.play`."""

from tests.faults.play import Report, Scenario, play
from tests.faults.scenarios import (
    approvals,
    boot,
    changes,
    clients,
    clocks,
    deciding,
    disks,
    doors,
    everything,
    handlers,
    history,
    networks,
    roles,
    schedulers,
    servers,
    sizes,
    soak,
    states,
    workers,
)

__all__ = ("SCENARIOS", "Report", "Scenario", "play")

EVERYWHERE = ("streams", "lists", "memory")
"""What concerns one process as much as many; nothing else is promised in memory, which ends with its process."""
KEPT_LONG = {"RUNS_KEPT_DAYS": "3650", "LEDGER_KEPT_DAYS": "3650", "EVENTS_KEPT_DAYS": "3650"}
"""The clock goes through a whole year, and the books need all of it."""

SCENARIOS = (
    Scenario(1, "worker-killed-in-a-run", workers.killed_in_a_run),
    Scenario(2, "worker-killed-after-claim", workers.killed_after_claim),
    Scenario(3, "worker-killed-before-result", workers.killed_before_result),
    Scenario(4, "scheduler-killed-in-a-tick", schedulers.killed_in_a_tick),
    Scenario(5, "schedulers-side-by-side", schedulers.side_by_side),
    Scenario(6, "web-killed-in-a-post", doors.web_killed),
    Scenario(7, "connector-killed-in-an-update", doors.connector_killed),
    Scenario(8, "server-killed", servers.killed),
    Scenario(9, "power-loss", roles.power_lost),
    Scenario(10, "server-frozen", servers.frozen),
    Scenario(11, "worker-asleep", workers.asleep),
    Scenario(12, "clock-jumps", clocks.jumping, shifted=True),
    Scenario(13, "daylight-saving", clocks.daylight_saving, shifted=True, env=KEPT_LONG),
    Scenario(14, "scheduler-down-for-hours", clocks.eight_hours_without_a_scheduler, shifted=True),
    Scenario(15, "server-full", servers.full),
    Scenario(16, "wrong-eviction-policy", roles.wrong_eviction_policy),
    Scenario(17, "read-only-after-failover", roles.read_only_after_failover),
    Scenario(18, "server-slow", servers.slow, proxied=True),
    Scenario(19, "reply-lost", servers.reply_lost, proxied=True),
    Scenario(20, "worker-cut-off", networks.worker_cut_off),
    Scenario(21, "poison-job", handlers.poisoned, modes=EVERYWHERE, env={"HANDLER_MEMORY_MB": "1024"}),
    Scenario(22, "timeout-ignored-with-grandchildren", handlers.deaf_to_its_timeout, modes=EVERYWHERE),
    Scenario(23, "huge-payloads", handlers.huge),
    Scenario(24, "long-queue", sizes.long_queue),
    Scenario(25, "long-history", history.long, env={"RUNS_KEPT": "2000000"}),
    Scenario(26, "log-disk-full", disks.logs_do_not_fit),
    Scenario(27, "append-only-disk-full", disks.append_only_file_does_not_fit),
    Scenario(28, "old-redis", servers.old, versions={"streams": "5.0.6", "lists": "3.2.6"}),
    Scenario(29, "no-redis-at-boot", boot.no_server),
    Scenario(30, "server-refusing", states.refusing),
    Scenario(30, "server-emptied", states.emptied),
    Scenario(31, "worker-asked-to-stop", workers.asked_to_stop),
    Scenario(32, "versions-mixed", changes.versions_mixed),
    Scenario(33, "slow-clients", clients.slow, modes=EVERYWHERE),
    Scenario(34, "job-changed-under-its-run", changes.under_its_runs),
    Scenario(35, "approvals-under-kills", approvals.decided_under_kills),
    Scenario(36, "web-killed-in-a-decision", deciding.web_killed),
    Scenario(37, "worker-killed-around-a-decision", deciding.worker_killed),
    Scenario(38, "host-cut-off", networks.host_cut_off),
    Scenario(0, "stress", everything.killed_at_random),
    Scenario(0, "soak", soak.soak, most_sec=1800, watched=True),
    Scenario(0, "soak-under-kills", everything.killed_on_and_on, most_sec=1800, watched=True),
)
