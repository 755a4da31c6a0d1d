"""The handbook's pictures. Each takes `say`, which gives its words in the language of the chapter that shows it."""

from __future__ import annotations

from collections.abc import Callable

from scripts.drawing.ink import BLUE, CURVE, GO, GREEN, LINE, RED, STOP, TEXT, WHITE, YELLOW, Sheet

Say = Callable[[str], str]


def slot(say: Say) -> Sheet:
    """Draw what a slot is, and how it ends."""
    sheet = Sheet(810, 150, say("A job and a due time make a slot, which ends in one decision"))
    sheet.box((20, 50), (120, 50), say("Job"), say("what, when, guards"))
    sheet.arrow((140, 75), (200, 75))
    sheet.box((200, 50), (130, 50), say("Slot"), say("job at a due time"))
    sheet.arrow((330, 75), (400, 75), say("guards"))
    sheet.box((400, 50), (120, 50), say("Decision"), say("exactly one"), BLUE)
    ends = (("Run", 10, GREEN), ("Skipped, by a guard", 58, YELLOW), ("Missed, nobody looked", 106, RED))
    for words, top, fill in ends:
        sheet.arrow((520, 57 + top * 0.3), (580, top + 17))
        sheet.box((580, top), (210, 34), say(words), fill=fill)
    return sheet


def guards(say: Say) -> Sheet:
    """Draw the guards in their order."""
    sheet = Sheet(860, 175, say("The guards in their order"))
    first = ("paused", "dispatch cap", "pending approval", "cooldown")
    second = ("pressure", "flow limit", "overlap")
    for place, words in enumerate(first):
        sheet.box((20 + place * 210, 20), (180, 40), say(words), fill=YELLOW)
        if place < len(first) - 1:
            sheet.arrow((200 + place * 210, 40), (230 + place * 210, 40))
    sheet.line([(740, 60), (740, 75), (110, 75)])
    sheet.arrow((110, 75), (110, 90))
    for place, words in enumerate(second):
        sheet.box((20 + place * 210, 90), (180, 40), say(words), fill=YELLOW)
        sheet.arrow((200 + place * 210, 110), (230 + place * 210, 110))
    sheet.box((650, 90), (180, 40), say("Run"), fill=GREEN)
    words = "The first guard that holds decides. A held slot waits; its next slot replaces it, and then it counts as skipped."
    sheet.label((20, 158), say(words), anchor="start")
    return sheet


def states(say: Say) -> Sheet:
    """Draw the states of a run; their names are those of the API."""
    sheet = Sheet(640, 230, say("The states of a run"))
    sheet.box((20, 90), (110, 44), "queued", fill=YELLOW)
    sheet.arrow((130, 112), (240, 112), say("taken"))
    sheet.box((240, 90), (110, 44), "running", fill=BLUE)
    sheet.arrow((350, 100), (510, 50))
    sheet.label((410, 66), say("it went well"))
    sheet.box((510, 28), (110, 40), "success", fill=GREEN)
    sheet.arrow((350, 112), (510, 112), say("no attempt is left"))
    sheet.box((510, 92), (110, 40), "failed", fill=RED)
    sheet.arrow((350, 124), (510, 180))
    sheet.label((395, 174), say("somebody cancels"))
    sheet.box((510, 160), (110, 40), "cancelled")
    sheet.arrow((282, 134), (282, 176))
    sheet.box((225, 176), (115, 40), "retrying", fill=YELLOW)
    sheet.arrow((225, 196), (80, 136))
    sheet.label((105, 202), say("at its back-off time"))
    sheet.arrow((295, 90), (295, 52))
    sheet.box((215, 12), (160, 40), "waiting_approval", fill=YELLOW)
    sheet.arrow((215, 36), (75, 90))
    sheet.label((125, 52), say("approved"))
    return sheet


def lease(say: Say) -> Sheet:
    """Draw a lease that stands still."""
    sheet = Sheet(790, 170, say("A lease, and what happens when it stands still"))
    sheet.name((20, 34), say("worker A"))
    sheet.area((110, 18), (300, 24), BLUE)
    sheet.label((122, 34), say("claims: token 1, renews its lease …"), TEXT, "start")
    sheet.line([(410, 12), (410, 48)], STOP, 2)
    sheet.label((418, 34), say("killed, or cut off"), STOP, "start")
    sheet.name((20, 84), say("scheduler"))
    sheet.area((410, 68), (185, 24), YELLOW)
    sheet.label((418, 84), say("the lease stands still: twice"), TEXT, "start")
    sheet.name((20, 134), say("worker B"))
    sheet.area((595, 118), (175, 24), GREEN)
    sheet.label((603, 134), say("claims: token 2, redelivered"), TEXT, "start")
    sheet.label(
        (110, 160), say("A result that comes with token 1 from now on is refused, and counted."), anchor="start"
    )
    return sheet


def flow(say: Say) -> Sheet:
    """Draw a flow group with two places."""
    sheet = Sheet(640, 170, say("A flow group has places, and one waits for the next that is free"))
    for place, words in enumerate(("job A", "job B", "job C")):
        sheet.box((20, 15 + place * 48), (110, 36), say(words))
    sheet.area((250, 12), (190, 90), WHITE, edged=True)
    for place in (0, 1):
        sheet.arrow((130, 33 + place * 48), (262, 36 + place * 40))
        sheet.box((262, 20 + place * 40), (166, 32), say("active run"), fill=BLUE)
    sheet.arrow((130, 129), (262, 129))
    sheet.box((262, 113), (166, 32), say("held"), fill=YELLOW)
    sheet.label((456, 52), say("flow_max_active_runs: 2"), TEXT, "start")
    sheet.label((456, 69), say("the lowest that a member states"), anchor="start")
    sheet.label((456, 133), say("goes when one of them ends"), anchor="start")
    return sheet


def pressure(say: Say) -> Sheet:
    """Draw the depth of a queue over time, with both marks."""
    sheet = Sheet(760, 170, say("Pressure has two marks"))
    sheet.area((300, 20), (240, 120), YELLOW)
    sheet.line([(50, 20), (50, 140), (740, 140)], LINE)
    sheet.line([(50, 50), (740, 50)], STOP, dashed=True)
    sheet.label((740, 45), say("high mark: pressure begins"), STOP, "end")
    sheet.line([(50, 95), (740, 95)], GO, dashed=True)
    sheet.label((740, 90), say("low mark: pressure ends"), GO, "end")
    sheet.label((420, 134), say("only critical jobs go out"))
    depth = [(50, 132), (150, 120), (230, 80), (300, 50), (360, 34), (430, 60), (500, 84), (540, 95), (620, 116)]
    sheet.line([*depth, (740, 128)], CURVE, 2)
    sheet.label((56, 32), say("runs that wait"), anchor="start")
    return sheet


def approval(say: Say) -> Sheet:
    """Draw what becomes of a run that waits for a person."""
    sheet = Sheet(700, 150, say("A run waits for a person, who decides once"))
    sheet.box((20, 50), (140, 50), say("Run"), "waiting_approval", YELLOW)
    sheet.arrow((160, 75), (240, 75), say("shows"))
    sheet.box((240, 50), (150, 50), say("Person"), say("sees what would happen"))
    for words, note, top, fill in (
        ("Approved", "it goes on", 8, GREEN),
        ("Rejected", "it fails, not counted", 56, RED),
        ("Expired", "nobody decided in time", 104, RED),
    ):
        sheet.arrow((390, 60 + top * 0.27), (500, top + 20))
        sheet.box((500, top), (180, 40), say(words), say(note), fill)
    return sheet


def mode(say: Say) -> Sheet:
    """Draw how the mode is found."""
    sheet = Sheet(790, 170, say("The mode follows from the server that is found"))
    sheet.box((20, 60), (150, 50), say("Start"), say("tries the server"))
    for words, note, lasts, top, fill in (
        ("streams", "Redis 5 and later, Valkey", "kept as the server keeps it", 8, GREEN),
        ("lists", "older, or Streams not permitted", "kept as the server keeps it", 62, GREEN),
        ("memory", "no server at all", "lost with the process", 116, RED),
    ):
        sheet.arrow((170, 76 + top * 0.15), (270, top + 22))
        sheet.box((270, top), (240, 44), words, say(note), fill)
        sheet.label((530, top + 26), say(lasts), anchor="start")
    return sheet


SHEETS = (slot, guards, states, lease, flow, pressure, approval, mode)
