"""What runs on this machine for one DATA_DIR."""

from typing import Any

from runners.client import credential_of, local_url
from runners.engine.settings import Settings
from runners.local import ready, state


def report(settings: Settings) -> dict[str, Any]:
    """Return the address, whether it is ready, what /readyz says, and the programs with their pids (None: waiting)."""
    last = state.read(settings.data_dir)
    url = last.url if last else local_url(settings)
    code, facts = ready.ask(url, credential_of(settings, settings.token))
    rows = [] if last is None else [_row("supervisor", last.supervisor, 0), *(_child(child) for child in last.children)]
    return {"url": url, "ready": code == 200, "facts": facts, "programs": rows, "logs": last.logs if last else None}


def _child(child: state.ChildState) -> dict[str, Any]:
    return _row(child.name, child.process, child.restarts)


def _row(name: str, process: state.Identity | None, restarts: int) -> dict[str, Any]:
    pid = process.pid if process and process.is_alive() else None
    return {"name": name, "pid": pid, "restarts": restarts}


def in_words(report: dict[str, Any]) -> str:
    """Return the report as lines for a terminal."""
    facts = report["facts"]
    lines = [
        f"dashboard   {report['url']}/ui",
        f"ready       {'yes' if report['ready'] else 'no: ' + str(facts.get('detail', ''))}",
    ]
    if "mode" in facts:
        lines.append(f"mode        {facts['mode']}; durability: {facts['durability']}")
    if facts.get("leader"):
        lines.append(f"leader      {facts['leader']}, of the schedulers")
    lines += [f"warning     {warning}" for warning in facts.get("warnings", ())]
    for row in report["programs"]:
        restarts = f", started again {row['restarts']} times" if row["restarts"] else ""
        lines.append(f"{row['name']:<11} {'pid ' + str(row['pid']) if row['pid'] else 'not running'}{restarts}")
    return "\n".join([*lines, *([f"logs        {report['logs']}"] if report["logs"] else [])])
