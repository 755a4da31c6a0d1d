"""Roles: every operation declares one, and holds it at every door; a store that is away is one error for all."""

import inspect

import pytest
import redis

from runners import backup, planner
from runners.engine import operations
from runners.engine.errors import Forbidden, StoreAway
from runners.engine.operations import OPERATIONS, Actor, Role
from runners.engine.store.away import reported

CHANGES = {
    *("save_job", "set_enabled", "reset_memory", "import_jobs", "delete_job"),
    *("run_job", "cancel_run", "retry_run", "roll_back", "begin_bulk", "undo_bulk", "decide_approval"),
    *("request_grant", "revoke_grant"),
    *("pause_job", "resume_job", "pause_flow", "resume_flow", "pause_queue", "resume_queue"),
    *("drain_agent", "stop_agent", "set_flow_limit", "ask_examination"),
    "save_agent_workflow",
    *("save_account", "delete_account", "test_account", "rotate_secrets"),
    *("save_rule", "delete_rule", "test_rule"),
    *("save_mcp_server", "delete_mcp_server", "test_mcp_server", "bootstrap_catalog"),
    *("save_slack_account", "delete_slack_account", "test_slack_account"),
    *("save_telegram_account", "delete_telegram_account", "test_telegram_account"),
    *("create_person", "change_person", "delete_person", "create_token", "revoke_token"),
    *("execute_plan", "begin_job_bulk", "undo_job_bulk", "forget_agent_memory"),
    *("link_chat", "unlink_chat", "mute_chat", "make_backup", "restore_backup"),
}
FOR_OPERATORS = {"plan", "preview_job_bulk"}
"""What changes nothing, and prepares what does."""
FOR_ADMINS = {
    *("list_audit", "list_turned_away", "list_people", "get_person", "list_tokens", "get_token"),
    *("list_rules", "get_rule", "list_deliveries", "list_grants", "list_chats", "get_chat"),
}
"""What changes nothing, and is still not for everybody."""
ADMINISTRATION = FOR_ADMINS | {
    *("save_account", "delete_account", "test_account", "rotate_secrets"),
    *("save_rule", "delete_rule", "test_rule"),
    *("save_mcp_server", "delete_mcp_server", "test_mcp_server", "bootstrap_catalog"),
    *("save_slack_account", "delete_slack_account", "test_slack_account"),
    *("save_telegram_account", "delete_telegram_account", "test_telegram_account"),
    *("delete_job", "roll_back", "create_person", "change_person", "delete_person", "create_token", "revoke_token"),
    *("revoke_grant", "forget_agent_memory", "link_chat", "unlink_chat", "make_backup", "restore_backup"),
}


def exported():
    rooms = (operations, planner, backup)
    return {name: one for room in rooms for name, one in vars(room).items() if inspect.isfunction(one)}


def test_every_operation_declares_its_role():
    assert set(exported()) == set(OPERATIONS)


def test_whoever_only_looks_can_change_nothing():
    assert {
        name for name, role in OPERATIONS.items() if role is not Role.VIEWER
    } == CHANGES | FOR_OPERATORS | FOR_ADMINS
    assert {name for name, role in OPERATIONS.items() if role is Role.ADMIN} == ADMINISTRATION


@pytest.mark.parametrize("name", sorted(CHANGES | FOR_OPERATORS | FOR_ADMINS))
def test_a_viewer_is_refused_before_anything_is_read(name):
    viewer = Actor("eve", Role.VIEWER, "chat")

    with pytest.raises(Forbidden, match=rf"'eve' is viewer; {name} needs"):
        exported()[name](None, viewer, None)


def test_a_role_covers_those_below_it():
    covered = {role: [other for other in Role if role.covers(other)] for role in Role}

    assert [len(covered[role]) for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)] == [1, 2, 3]


@pytest.mark.parametrize(
    "error",
    [
        redis.ConnectionError("refused"),
        redis.TimeoutError("slow"),
        redis.exceptions.BusyLoadingError("loading"),
        redis.exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'"),
        redis.exceptions.ReadOnlyError("You can't write against a read only replica"),
        redis.ResponseError("MISCONF Redis is configured to save RDB snapshots"),
        redis.ResponseError("Error running script: -OOM command not allowed"),
        redis.ResponseError("BUSY Redis is busy running a script"),
    ],
)
def test_a_store_that_does_not_take_part_is_away(error):
    with pytest.raises(StoreAway), reported():
        raise error


def test_a_fault_in_a_script_is_not_hidden():
    with pytest.raises(redis.ResponseError), reported():
        raise redis.ResponseError("user_script:12: attempt to index a nil value")
