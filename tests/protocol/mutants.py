"""The protocol with one thing wrong: each mutant breaks what an invariant says, and some test must see it."""

from datetime import UTC

from runners.engine.store import connection
from runners.engine.store.connection import Store
from tests.engine import test_mode_record
from tests.handover import test_bring
from tests.protocol import (
    test_clock,
    test_define,
    test_dispatch_guards,
    test_exchange,
    test_pools,
    test_reap,
    test_retention,
    test_take,
    test_tell,
    test_waiting,
)
from tests.protocol.audit_mutants import AUDIT_MUTANTS
from tests.protocol.ledger_mutants import LEDGER_MUTANTS
from tests.protocol.mutant import Mutant

NO_FENCING = (
    "run.status ~= 'running' or run.token ~= token then\n    count",
    "run.status ~= 'running' then\n    count",
)
NO_OVERLAP = ("if run.overlap ~= '1' and call('SCARD', K('active:job:' .. run.job)) > 0 then return 'overlap' end", "")
NO_FLOW = ("if limit > 0 and call('SCARD', K('active:flow:' .. run.flow)) >= limit then return 'flow_limit' end", "")
WAKE_OVERLAP = ("if job_of(run).held == 'overlap' then look_at(run.job_id, NOW) end\nend", "end")


MUTANTS = (
    Mutant(
        "a zombie may finish",
        (NO_FENCING,),
        killer=test_exchange.test_a_zombies_end_is_refused_while_another_worker_runs_the_run,
    ),
    Mutant(
        "an end may come twice",
        (("run.status ~= 'running' or run.token ~= token then\n    count", "false then\n    count"),),
        killer=lambda stage: test_exchange.test_an_end_is_taken_once(stage, "success"),
    ),
    Mutant(
        "a claim leaves the run waiting",
        (("    if #claimed > 0 then call('ZREM', K('pending:' .. priority), unpack(claimed)) end\n", ""),),
    ),
    Mutant(
        "a take drops a message that nobody has read",
        (("call('XLEN', key) - #entries)", "math.max(0, call('XLEN', key) - #entries - 1))"),),
        killer=test_take.test_a_take_drops_no_message_that_was_not_read,
        mode="streams-redis7",
    ),
    Mutant("a claim compares nothing", (("run.status == 'queued' and run.priority == priority", "run.status ~= ''"),)),
    Mutant("no overlap guard", (NO_OVERLAP,), ("overlap",)),
    Mutant("no overlap guard in the script", (NO_OVERLAP,)),
    Mutant("no flow guard", (NO_FLOW,), ("flow_limit",)),
    Mutant("no flow guard in the script", (NO_FLOW,)),
    Mutant(
        "the reaper forgets the slot sets",
        (("  free_places(run)\n", "  if kind ~= 'lost' then free_places(run) end\n"),),
    ),
    Mutant(
        "a clock that is set back is not followed",
        (("\nfollow_clock()\n", "\n"),),
        killer=test_reap.test_a_clock_that_is_set_back_delays_no_next_attempt_and_no_expiry,
    ),
    Mutant(
        "a cooldown does not move with the clock",
        (("  if not ends or not failed_at or failed_at <= now then return end\n", "  do return end\n"),),
        killer=test_reap.test_a_clock_that_is_set_back_makes_no_cooldown_longer,
    ),
    Mutant(
        "a worker takes another pool's run",
        ((" and run.pool == pool\n", "\n"),),
        killer=test_pools.test_a_message_in_another_pools_queue_starts_nothing_there,
    ),
    Mutant(
        "a next attempt leaves its pool",
        (("enqueue(id, run.priority, run.pool)", "enqueue(id, run.priority, '')"),),
        killer=test_pools.test_a_run_comes_back_to_its_pool_however_it_comes_back,
    ),
    Mutant("a due retry is forgotten", (("if run.status == 'retrying' then", "if false then"),)),
    Mutant(
        "retention drops what runs",
        (("if not ACTIVE[v[1]] and (excess > 0 or aged) then", "if excess > 0 or aged then"),),
        killer=lambda stage: test_retention.test_an_active_run_stays(stage),
    ),
    Mutant(
        "a dropped run stays in its job's list",
        (("  if job then call('ZREM', K('runs:job:' .. job), id) end\n", ""),),
    ),
    Mutant(
        "the clock of the process",
        (),
        killer=test_clock.test_no_decision_asks_the_clock_of_its_process,
        patch=lambda patched: patched.setattr(Store, "now", lambda _: connection.datetime.now(UTC)),
    ),
    Mutant("no reconciler", (("  push(id, priority, pool)\n  pushed", "  pushed"),)),
    Mutant(
        "a slot is not compared",
        (
            (
                " or (v[3] or '') ~= entry.next_slot or (v[4] or '') ~= entry.held_slot then return 'stale'",
                " then return 'stale'",
            ),
        ),
    ),
    Mutant(
        "no cap",
        (("if spent >= cap then return 'dispatch_cap' end", ""),),
        killer=test_dispatch_guards.test_the_cap_counts_the_dispatches_of_all_schedulers,
    ),
    Mutant("a cooldown is never set", (("  call('HSET', key, 'cooldown_until', int(now + wait))\n", ""),)),
    Mutant(
        "a success does not reset",
        (
            ("'failures', 0, 'cooldown_until', '', 'last_success_at'", "'last_success_at'"),
            ("  call('ZREM', K'failing', run.job_id)\n", ""),
        ),
        killer=test_exchange.test_a_success_resets_what_is_remembered,
    ),
    Mutant(
        "a cancelled run ends as well as one that succeeded",
        (("cancelled = 2e13", "cancelled = 1e13"),),
        killer=test_exchange.test_a_job_stands_by_how_its_last_run_ended_until_it_is_deleted,
    ),
    Mutant(
        "retries without end",
        (("tonumber(run.attempt) < tonumber(run.max_retry))", "true)"),),
        killer=test_exchange.test_there_are_no_more_attempts_than_max_retry_allows,
    ),
    Mutant(
        "a zombie leaves its traceback",
        (
            ("  if traceback ~= '' then keep_traceback(run, traceback) end\n", ""),
            (
                "  if run.status ~= 'running' or run.token ~= token then\n    count",
                "  if traceback ~= '' then keep_traceback(run, traceback) end\n"
                "  if run.status ~= 'running' or run.token ~= token then\n    count",
            ),
        ),
        killer=test_exchange.test_a_stale_end_leaves_no_traceback,
    ),
    Mutant(
        "tracebacks pile up",
        (("  call('HDEL', K('tracebacks:' .. run.id), int(tonumber(run.attempt) - TRACEBACKS_KEPT))\n", ""),),
        killer=test_exchange.test_tracebacks_are_kept_by_attempt_for_whoever_reads_one_run,
    ),
    Mutant(
        "who dies with its worker is not listed",
        (("{crashed = true, lost = true}", "{crashed = true}"),),
        killer=test_reap.test_a_run_that_loses_its_workers_to_the_end_is_listed,
    ),
    Mutant(
        "a cancel overwrites an end",
        (("if run.status ~= 'running' and not WAITS[run.status] then return 'final' end", ""),),
    ),
    Mutant(
        "pressure has one mark",
        (("on and waiting <= low", "on and waiting < high"),),
        killer=lambda stage: test_dispatch_guards.test_pressure_goes_on_at_the_high_mark_and_off_at_the_low_one_only(
            stage, "low"
        ),
    ),
    Mutant(
        "a held job is not woken by a run's end",
        (WAKE_OVERLAP,),
        killer=test_waiting.test_a_run_that_ends_lets_the_slot_it_held_go_at_once,
    ),
    Mutant(
        "a held job is not woken by a free place",
        (("    free_flow(run.flow_group)\n", ""), ("do wake_flow(group) end", "do end")),
        killer=test_waiting.test_a_freed_place_wakes_only_as_many_as_it_has_room_for_critical_and_oldest_first,
    ),
    Mutant(
        "a hold that has ended is not seen",
        (("if has_ended(entry.job, hold.guard, before.flow) then look_at(entry.job, NOW) end", ""),),
        killer=test_waiting.test_a_run_that_ends_between_facts_and_decision_does_not_leave_the_slot_waiting,
    ),
    Mutant("a token does not rise", (("local token = int(tonumber(run.token) + 1)", "local token = run.token"),)),
    Mutant(
        "a lease that moved is taken",
        (("if not score or tonumber(score) ~= tonumber(seen) then", "if not score then"),),
        killer=test_reap.test_a_lease_that_moved_since_the_first_look_is_alive,
    ),
    Mutant(
        "event ids follow the clock",
        (("math.max(now * 1000, tonumber(call('GET', K'events:last') or '0') + 1)", "now * 1000"),),
    ),
    Mutant(
        "low priorities starve",
        (("if until_eighth == 0 then", "if false then"), ("7 - served % 8", "8")),
        killer=test_take.test_every_eighth_take_serves_the_oldest_whatever_its_priority,
    ),
    Mutant(
        "a batch that breaks loses what it has ended",
        (("else pcall(settle_all) end", "end"),),
        killer=test_exchange.test_a_batch_that_breaks_half_way_keeps_the_books_of_what_it_has_ended,
    ),
    Mutant(
        "a failure between two successes is forgotten",
        (("  remembered[run.job_id] = nil\n", ""),),
        killer=test_exchange.test_ends_of_one_job_in_one_batch_are_remembered_in_their_order,
    ),
    Mutant(
        "a version is not compared",
        (("  if version ~= expected then return {'stale', version, incarnation} end\n", ""),),
        killer=test_define.test_of_two_that_read_the_same_version_the_second_is_stale,
    ),
    Mutant(
        "a process is not alive before its second beat",
        (("call('ZADD', K'processes', NOW, process)\n", ""),),
        killer=lambda stage: test_mode_record.test_only_one_of_two_modes_gets_in(stage.platform),
    ),
    Mutant(
        "a hand-over passes by a flow limit",
        (("if limit > 0 and call('SCARD', K('active:flow:' .. flow)) + places > limit then return 'full' end", ""),),
        killer=lambda stage: test_bring.test_a_flow_group_that_is_full_there_takes_no_more(
            test_bring.in_memory(stage.clock), stage
        ),
    ),
    Mutant(
        "whoever lost a run still writes its log",
        (("if run[1] ~= token then return {'stale', '0', #part} end", ""),),
        killer=test_tell.test_whoever_lost_the_run_writes_nothing_into_it,
    ),
    Mutant(
        "progress follows the end of a run",
        (("if progress ~= '' and run[2] == 'running' then", "if progress ~= '' then"),),
        killer=test_tell.test_last_words_may_follow_the_end_but_progress_may_not,
    ),
    Mutant(
        "an attempt takes the whole log",
        (("math.floor(left / 2)", "left"),),
        killer=test_tell.test_an_attempt_leaves_half_of_the_room_to_those_behind_it_and_the_last_takes_all,
    ),
    Mutant(
        "marks carry a log past its limit",
        (("if size + #part + #cut <= MOST then part = part .. cut end", "part = part .. cut"),),
        killer=test_tell.test_remarks_never_carry_a_log_past_its_limit,
    ),
    *AUDIT_MUTANTS,
    *LEDGER_MUTANTS,
)
