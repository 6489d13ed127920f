"""The one table of what a user can do. Bindings, footer, palette and help are read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from textual.binding import Binding

from noc_tui.sim.actions import ACTIONS

Scope = Literal[
    "home",
    "picker",
    "play",
    "watch",
    "replay",
    "versus",
    "sessions",
    "debrief",
    "account",
    "agents",
    "help",
    "drill",
    "briefing",
    "spot",
    "naming",
    "round",
    "shift",
    "daily",
    "mistake",
    "opponent",
    "progress",
    "leaderboard",
]
ALL: Final[tuple[Scope, ...]] = (
    "home",
    "picker",
    "play",
    "watch",
    "replay",
    "versus",
    "sessions",
    "debrief",
    "account",
    "agents",
    "help",
    "drill",
    "briefing",
    "spot",
    "naming",
    "round",
    "shift",
    "daily",
    "mistake",
    "opponent",
    "progress",
    "leaderboard",
)
DASHBOARD: Final[tuple[Scope, ...]] = ("play", "watch", "replay")
POSITION: Final[tuple[Scope, ...]] = ("spot", "mistake")
"""Where one action is asked for, in a position."""
OPERATED: Final[tuple[Scope, ...]] = (*DASHBOARD, *POSITION, "versus")
"""Where the six actions have keys; some only say there why they are off."""
LOG: Final[tuple[Scope, ...]] = (*OPERATED, "naming")


@dataclass(frozen=True, slots=True)
class UserAction:
    """Something a user can do, on which screens, and the key for it. One id has one key, so that it can be remapped."""

    id: str
    key: str
    run: str
    """The Textual action: the method `action_NAME` of the screen or app, with its arguments."""
    label: str
    """One or two words, for the footer."""
    help: str
    """A sentence, for help and palette."""
    scopes: tuple[Scope, ...]
    footer: bool = False
    twin: bool = False
    """A second key for what another id does already; left out of the palette."""


_LETTERS: Final = ("w", "r", "t", "c", "e", "s")


def _operator_actions() -> list[UserAction]:
    table = []
    for number, (action, letter) in enumerate(zip(ACTIONS, _LETTERS, strict=True), 1):
        run, text = f"operate('{action}')", f"{action.label} (takes over, while an agent drives)"
        table.append(UserAction(f"act.{action}", str(number), run, action.label, text, OPERATED))
        table.append(UserAction(f"act.{action}.letter", letter, run, action.label, text, OPERATED, twin=True))
    return table


USER_ACTIONS: Final[tuple[UserAction, ...]] = (
    # The dashboard, whoever drives.
    *_operator_actions(),
    UserAction("pause", "space", "pause", "pause", "Pause and go on", (*DASHBOARD, "versus"), footer=True),
    UserAction("agent", "a", "agent", "autopilot", "Hand control to the agent, and take it back", ("play", "watch"), footer=True),
    UserAction("suggest", "i", "suggest", "ask", "Ask the agent what it would do; enter does it", ("play",), footer=True),
    UserAction("agents", "A", "agents", "agents", "Choose another agent, or test the connection to a model", ("play", "watch")),
    UserAction("mark", "m", "mark", "mark", "Set a bookmark with a note at this step", ("play", "watch"), footer=True),
    UserAction("diagnose", "d", "diagnose", "diagnose", "Name the incident of a blind episode; it can be changed until the end", ("play",), footer=True),
    UserAction("coach", "k", "coach", "coach", "After each move, say what it cost and what was better; or be silent", ("play", "watch"), footer=True),
    # Stepping and speed.
    UserAction("step.next", "full_stop", "next_step", "step", "One step", ("watch", "replay", "versus"), footer=True),
    UserAction("step.next.arrow", "right", "next_step", "step", "One step", ("watch", "replay", "versus"), twin=True),
    UserAction("step.back", "left", "previous_step", "back", "One step back", ("replay",)),
    UserAction("faster", "plus", "speed(1)", "faster", "Twice as fast, up to 16x", ("watch", "replay", "versus"), footer=True),
    UserAction("faster.unshifted", "equals_sign", "speed(1)", "faster", "Twice as fast", ("watch", "replay", "versus"), twin=True),
    UserAction("slower", "minus", "speed(-1)", "slower", "Half as fast, down to 0.5x", ("watch", "replay", "versus")),
    UserAction("jump.back", "pageup", "jump(-10)", "ten back", "Ten steps back", ("replay",)),
    UserAction("jump.forward", "pagedown", "jump(10)", "ten on", "Ten steps on", ("replay",)),
    UserAction("jump.start", "home", "jump_to('start')", "start", "To the page", ("replay",)),
    UserAction("jump.end", "end", "jump_to('end')", "end", "To the last step", ("replay",)),
    UserAction("event.next", "n", "event(1)", "event", "To the next event: mark, diagnosis, change of control, breach", ("replay",), footer=True),
    UserAction("event.previous", "p", "event(-1)", "previous", "To the previous event", ("replay",)),
    UserAction("goto", "g", "goto", "go to", "Go to a step by its number", ("replay",), footer=True),
    UserAction("review", "b", "debrief", "review", "What the episode came to, and what each move cost", ("replay",), footer=True),
    UserAction("fork", "f", "fork", "fork", "Play on from this step, as a new session", ("replay",), footer=True),
    # The log.
    UserAction("log.filter", "slash", "filter_log", "filter", "Show only log lines that hold a text", LOG),
    UserAction("log.severity", "v", "severity", "severity", "Show all lines, warnings, alerts, or actions only", LOG),
    UserAction("log.up", "up", "scroll_log(-1)", "log up", "Scroll the log up", LOG),
    UserAction("log.down", "down", "scroll_log(1)", "log down", "Scroll the log down, to follow it again", LOG),
    UserAction("debrief", "enter", "debrief", "debrief", "What the episode came to, once it has ended; before that, do what the agent suggests", (*DASHBOARD, "versus")),
    # Two side by side.
    UserAction("versus.other", "o", "other", "other", "The other side: show it where there is room for one; debrief and log keys are about it", ("versus",), footer=True),
    UserAction("versus.retry", "a", "retry", "try again", "Ask an agent again that has failed", ("versus",), footer=True),
    # Home.
    UserAction("home.open", "enter", "choose", "open", "Do what the cursor is on", ("home",), footer=True, twin=True),
    UserAction("home.continue", "c", "resume_last", "continue", "Go on with the last interrupted session", ("home",)),
    UserAction("home.play", "p", "play", "play", "Choose an incident and play it", ("home",), footer=True),
    UserAction("home.watch", "w", "watch", "watch", "Let an agent play, and watch it", ("home",), footer=True),
    UserAction("home.sessions", "s", "sessions", "sessions", "Replay what has been recorded", ("home",), footer=True),
    UserAction("home.agents", "a", "agents", "agents", "Choose who drives, and test the connection to a model", ("home",)),
    UserAction("home.drill", "d", "drill", "drill", "Practise: what is due, a night on call, the daily", ("home",), footer=True),
    UserAction("home.daily", "y", "daily", "daily", "Today's incident, the same for everybody; the first try counts", ("home",)),
    UserAction("home.progress", "g", "progress", "progress", "How you fare, and what is worth practising", ("home",), footer=True),
    UserAction("home.board", "l", "board", "leaderboard", "Who was quickest: people and agents side by side", ("home",)),
    UserAction("home.tutorial", "t", "tutorial", "tutorial", "The first two minutes: what the screen says and what the keys do", ("home",)),
    # Progress.
    UserAction("progress.play", "enter", "play", "play", "Play the incident under the cursor, from a new seed", ("progress",), footer=True),
    UserAction("progress.mistake", "x", "mistake", "drill mistake", "Drill the mistake that you make most often", ("progress",), footer=True),
    UserAction("progress.drill", "d", "drill", "drill", "Practise what is due", ("progress",), footer=True),
    UserAction("progress.board", "l", "board", "leaderboard", "Who was quickest in the incident under the cursor", ("progress",), footer=True),
    # Leaderboard.
    UserAction("board.play", "enter", "play", "play it", "Play the seed of this board", ("leaderboard",), footer=True),
    UserAction("board.replay", "v", "replay", "replay", "Replay the session under the cursor, where its recording is here", ("leaderboard",), footer=True),
    UserAction("board.next", "right", "board(1)", "next board", "The next board", ("leaderboard",), footer=True),
    UserAction("board.previous", "left", "board(-1)", "board before", "The board before", ("leaderboard",), footer=True),
    # Agents.
    UserAction("agents.choose", "enter", "choose", "choose", "Let this agent take over, and make the suggestions", ("agents",), footer=True),
    UserAction("agents.test", "t", "test", "test", "Ask the model for one decision, and tell what comes of it", ("agents",), footer=True),
    # Picker.
    UserAction("picker.start", "enter", "start", "start", "Start with these settings", ("picker",), footer=True),
    UserAction("picker.pace", "p", "toggle_pace", "pace", "The world waits for you, or moves by itself", ("picker",), footer=True),
    UserAction("picker.driver", "d", "toggle_driver", "driver", "Who plays: you, or an agent", ("picker",), footer=True),
    UserAction("picker.blind", "b", "toggle_blind", "blind", "An incident that is kept secret until the end, chosen by the seed", ("picker",), footer=True),
    UserAction("picker.seed", "s", "edit_seed", "seed", "Type a seed, to play what somebody else has played", ("picker",), footer=True),
    UserAction("picker.random", "r", "random_seed", "random", "Any seed", ("picker",), footer=True),
    # Sessions.
    UserAction("sessions.open", "enter", "open", "replay", "Replay the session", ("sessions",), footer=True),
    UserAction("sessions.resume", "r", "resume", "resume", "Go on with an interrupted session", ("sessions",), footer=True),
    UserAction("sessions.verify", "v", "verify", "verify", "Simulate it again and compare every figure", ("sessions",), footer=True),
    UserAction("sessions.delete", "d", "delete", "delete", "Delete the session", ("sessions",), footer=True),
    UserAction("sessions.filter", "slash", "filter", "filter", "Show only sessions that hold a text", ("sessions",), footer=True),
    # Debrief.
    UserAction("debrief.move", "enter", "move", "replay move", "Replay from just before the move under the cursor", ("debrief",), footer=True),
    UserAction("debrief.retry", "r", "retry", "retry", "The position before the worst move, until it goes well; then play on from there", ("debrief",), footer=True),
    UserAction("debrief.lesson", "f", "lesson", "lesson", "The lesson and the figures, or back to the moves", ("debrief",), footer=True),
    UserAction("debrief.new", "n", "new_seed", "new seed", "Play the same incident with another seed", ("debrief",), footer=True),
    UserAction("debrief.again", "s", "again", "same seed", "Play the same incident and seed again", ("debrief",), footer=True),
    UserAction("debrief.replay", "v", "replay", "replay", "Replay the session", ("debrief",), footer=True),
    UserAction("debrief.home", "h", "home", "home", "To the home screen", ("debrief",), footer=True),
    UserAction("debrief.words", "w", "words", "report", "Let a model word the report; facts and figures stay the program's", ("debrief",), footer=True),
    UserAction("account.save", "s", "save", "save", "Save the text and the program's report beside the session", ("account",), footer=True),
    # Drills.
    UserAction("drill.open", "enter", "choose", "open", "Do what the cursor is on", ("drill",), footer=True, twin=True),
    UserAction("drill.spot", "s", "drill('spot')", "spot", "What would you do, and what is it? A round of positions against the clock", ("drill",), footer=True),
    UserAction("drill.incident", "i", "drill('incident')", "incident", "One blind incident in live pace, chosen by the schedule", ("drill",), footer=True),
    UserAction("drill.shift", "f", "drill('shift')", "shift", "A night on call: five incidents, one after another", ("drill",), footer=True),
    UserAction("drill.daily", "d", "drill('daily')", "daily", "The incident that everybody gets today; the first try counts", ("drill",), footer=True),
    UserAction("drill.versus", "v", "drill('versus')", "versus", "The same seed against a ghost: your best run, an agent, a colleague", ("drill",), footer=True),
    UserAction("drill.retry", "r", "drill('retry')", "retry", "The position before the worst move of your last session, until it goes well", ("drill",), footer=True),
    UserAction("drill.limit", "l", "limit", "time limit", "Seconds for a spot position: 5, 10, 15, 20, or as long as you like", ("drill",)),
    UserAction("briefing.begin", "enter", "begin", "begin", "Begin", ("briefing",), footer=True),
    UserAction("naming.1", "1", "name(0)", "first", "It is the first of the four", ("naming",)),
    UserAction("naming.2", "2", "name(1)", "second", "It is the second", ("naming",)),
    UserAction("naming.3", "3", "name(2)", "third", "It is the third", ("naming",)),
    UserAction("naming.4", "4", "name(3)", "fourth", "It is the fourth", ("naming",)),
    UserAction("naming.next", "enter", "next", "next", "The next position; before the name: I do not know", ("naming",), footer=True),
    UserAction("round.again", "enter", "again", "another round", "Another round", ("round",), footer=True),
    UserAction("shift.go_on", "enter", "go_on", "page now", "Begin; let the next page come at once; on the result sheet, replay the page under the cursor", ("shift",), footer=True),
    UserAction("shift.new", "n", "new", "new shift", "Begin another shift, and let go of this one", ("shift",), footer=True),
    UserAction("daily.debrief", "enter", "debrief", "debrief", "What each move cost", ("daily",), footer=True),
    UserAction("daily.copy", "c", "copy", "copy", "Copy the three lines that give nothing away", ("daily",), footer=True),
    UserAction("daily.again", "r", "again", "again", "Play it again; only the first try counts", ("daily",), footer=True),
    UserAction("mistake.next", "enter", "next", "play on", "Play on from here as a new session, once it has gone well", ("mistake",), footer=True),
    UserAction("mistake.show", "b", "show", "show", "Show what was best, and why", ("mistake",), footer=True),
    UserAction("opponent.choose", "enter", "choose", "play", "Play against the one under the cursor", ("opponent",), footer=True),
    # Everywhere.
    UserAction("palette", "colon", "app.command_palette", "palette", "Find any command by its name", ALL),
    UserAction("help", "question_mark", "app.help", "help", "What the keys do, and how to read the screen", ALL, footer=True),
    UserAction("close", "escape", "close", "back", "Close the innermost thing", ALL),
    UserAction("leave", "q", "leave", "leave", "Leave this screen; a running episode stays resumable", ALL, footer=True),
)  # fmt: skip

BY_ID: Final[dict[str, UserAction]] = {action.id: action for action in USER_ACTIONS}


def actions_of(scope: Scope) -> tuple[UserAction, ...]:
    """What can be done on a screen, in the order of the table."""
    return tuple(action for action in USER_ACTIONS if scope in action.scopes)


def bindings_of(*scopes: Scope) -> list[Binding]:
    """The Textual bindings of a screen, each under its id, so that the user's keymap finds it."""
    table = [action for action in USER_ACTIONS if set(scopes) & set(action.scopes)]
    return [Binding(action.key, action.run, action.label, tooltip=action.help, id=action.id) for action in table]
