"""The drill `incident`: one blind incident in live pace, chosen by the schedule, then the debrief."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from noc_tui import paths
from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.drill_brief import BriefScreen, is_kept
from noc_tui.tui.screens.drill_play import DrillPlayScreen
from noc_tui.tui.widgets.banner import Banner, BannerView

if TYPE_CHECKING:
    from pathlib import Path

    from textual.binding import BindingType

    from noc_tui.drills.schedule import Deck
    from noc_tui.drills.whole import Assignment
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.remembering import Remembering
    from noc_tui.tui.widgets.keybar import KeyHint


class IncidentScreen(BriefScreen):
    """What is coming, then the incident, then what it was worth."""

    SCOPE: ClassVar[Scope] = "briefing"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("briefing")]

    class Chosen(Message):
        """The schedule has chosen; or why it cannot, in a sentence."""

        def __init__(self, assignment: Assignment | None, deck: Deck, note: str, notices: tuple[str, ...]) -> None:
            super().__init__()
            self.assignment = assignment
            self.deck = deck
            self.note = note
            self.notices = notices

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._assignment: Assignment | None = None
        self._deck: Deck | None = None
        self._game: DrillPlayScreen | None = None
        self._kept: Path | None = None
        """The session that was left in the middle."""
        self._result = ""
        """What the last one came to."""
        self._recent: list[str] = []
        """What was played here already: its title has been told."""

    def on_mount(self) -> None:
        """Let the schedule choose, after the first paint."""
        self.query_one(Banner).view = BannerView("Incident", "chosen by the schedule")
        self._choose()

    def can_do(self, action: UserAction) -> bool:
        """Begin once there is something, and not the same again while it is being reviewed."""
        return action.id != "briefing.begin" or (self._assignment is not None and not self._is_reviewed)

    @property
    def _is_reviewed(self) -> bool:
        """Whether what has been played is still being reviewed."""
        episode = self._game.episode if self._game is not None else None
        return episode is not None and episode.done and not self._result

    def hints(self) -> tuple[KeyHint, ...]:
        """Begin, go on, or another one."""
        word = "another one" if self._result else "go on" if self._kept else "begin"
        return tuple(h._replace(label=word) if h.label == "begin" else h for h in super().hints())

    def _choose(self) -> None:
        self._assignment = None
        self.say(("Looking up what is due…", "$muted"))
        self.noc.after_paint(self, lambda: self.run_worker(self._ask_schedule, thread=True))

    def _ask_schedule(self) -> None:
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415  (heavy; this is a thread)
        from noc_tui.drills.whole import next_incident  # noqa: PLC0415
        from noc_tui.drills.wording import EPISODES, schedule_note  # noqa: PLC0415
        from noc_tui.tui.practice import load_practice, now_millis  # noqa: PLC0415

        practice, now = load_practice(self.noc.remembering, self._launch.incident_folders), now_millis()
        seed = secrets.randbelow(2**32) if self._launch.seed is None else self._launch.seed
        deck = practice.deck
        try:
            chosen, notices = next_incident(deck, practice.incidents, now, seed, self._recent), practice.notices
        except DrillError as error:
            chosen, notices = None, (str(error),)
        self.post_message(self.Chosen(chosen, deck, schedule_note(deck, now, EPISODES), notices))

    def on_incident_screen_chosen(self, event: Chosen) -> None:
        """Say what is coming."""
        for sentence in event.notices[:3]:
            self.noc.warn(sentence)
        if event.assignment is None:
            self.action_leave()
            return
        self._assignment, self._deck = event.assignment, event.deck
        keys, pace = self.noc.keys, self.noc.preferences.pace_seconds
        self.say(
            ("A page will come in.\n\n", "bold"),
            "What it is, nobody says: find out, and resolve it. The world does not wait: it moves every ",
            (f"{pace:g} seconds", "bold"),
            ", and waiting is what it does.\n\n",
            (display(keys["diagnose"]), "$accent bold"), " names the incident; right or wrong, the debrief tells.\n",
            (display(keys["pause"]), "$accent bold"), " pauses.\n\n",
            (f"{event.note[:1].upper()}{event.note[1:]}.", "$muted"),
        )  # fmt: skip
        self.refresh_keys()

    def action_begin(self) -> None:
        """Let the page come in; or go on where it was left."""
        if self._result:
            if self._assignment is not None:
                self._recent.append(self._assignment.incident)
            self._result, self._game = "", None
            self._choose()
            return
        chosen = self._assignment
        if chosen is None:
            return
        launch = replace(
            self._launch,
            face="play",
            drill="incident",
            incident=chosen.incident,
            seed=chosen.seed,
            pace=chosen.pace,
            blind=chosen.blind,
            session=self._kept,
        )
        self._game = DrillPlayScreen(launch)
        self.app.push_screen(self._game)

    def on_screen_resume(self) -> None:
        """Back from the incident: what came of it."""
        episode = self._game.episode if self._game is not None else None
        if episode is None:
            return
        self._kept = paths.sessions_dir() / f"{episode.header.session}.jsonl" if is_kept(episode) else None
        if not episode.done:
            self._game = None
            self.say(("It is not over yet.\n\n", "bold"), "Go on with it here, or later from the home screen.")
        elif self._result:
            self._tell_result()
        else:
            self.say(("The moves are being reviewed…", "$muted"))
        self.refresh_keys()

    def on_remembering_kept(self, event: Remembering.Kept) -> None:
        """Say what it was worth, and when its card comes back."""
        from noc_tui.drills.wording import came_to, comes_back  # noqa: PLC0415  (loaded by now)
        from noc_tui.store.entries import ReviewEntry  # noqa: PLC0415

        episode, entry = self._game.episode if self._game is not None else None, event.result.entry
        if episode is None or self._deck is None or entry.session != episode.header.session:
            return
        answer = next((each for each in event.result.entries if isinstance(each, ReviewEntry)), None)
        title = clean(str(episode.header.incident.get("title", "")), 80)
        self._result = f"{came_to(entry, title)}.\nSchedule: {comes_back(answer, self._deck)}."
        if self.app.screen is self:
            self._tell_result()
            self.refresh_keys()
        else:
            self.noc.tell(self._result)

    def _tell_result(self) -> None:
        """Show the result. `begin` gives another one."""
        first, _, schedule = self._result.partition("\n")
        enter = display(self.noc.keys["briefing.begin"])
        self.say((f"{first}\n\n", "bold"), f"{schedule}\n\n", (enter, "$accent bold"), " another one")
