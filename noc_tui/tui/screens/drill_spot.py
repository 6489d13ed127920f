"""The drill `spot`: what would you do, and what is it? A round of positions against the clock."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar, Final

from textual.message import Message

from noc_tui.sim.actions import ACTIONS, ActionType
from noc_tui.text import clean
from noc_tui.tui.actions import Scope, UserAction, bindings_of
from noc_tui.tui.answering import WHICH, spot_view
from noc_tui.tui.driving import action_keys
from noc_tui.tui.keymap import display
from noc_tui.tui.screens.drill_position import TICK_SECONDS, PositionScreen
from noc_tui.tui.spotting import Spotting
from noc_tui.tui.widgets.action_pad import ActionPad, PadItem
from noc_tui.tui.widgets.answer_panel import AnswerPanel, AnswerView
from noc_tui.tui.widgets.banner import Banner, BannerView
from noc_tui.tui.widgets.keybar import KeyHint

if TYPE_CHECKING:
    from textual.binding import BindingType

    from noc_tui.drills.schedule import Deck
    from noc_tui.drills.spot import SpotAnswer, SpotQuestion, SpotRound
    from noc_tui.review.planner import Planner
    from noc_tui.sim.incident import Incident
    from noc_tui.tui.launch import Launch
    from noc_tui.tui.practice import Practice

_NAMES: Final = ("naming.1", "naming.2", "naming.3", "naming.4")


class SpotScreen(PositionScreen):
    """A round of spot. `deck` is where the schedule stands, if it is known already."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("spot", "naming")]

    class Loaded(Message):
        """The incidents and the schedule have been read."""

        def __init__(self, practice: Practice, deck: Deck) -> None:
            super().__init__()
            self.practice = practice
            self.deck = deck

    class Prepared(Message):
        """The next position is there."""

        def __init__(self, question: SpotQuestion, spot_round: SpotRound) -> None:
            super().__init__()
            self.question = question
            self.round = spot_round

    class Failed(Message):
        """There is none; why, in a sentence."""

        def __init__(self, problem: str) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, launch: Launch, deck: Deck | None = None) -> None:
        super().__init__()
        self._launch = launch
        self._deck = deck
        self._play: Spotting | None = None
        self._incidents: dict[str, Incident] = {}
        self._planner: Planner | None = None

    @property
    def play(self) -> Spotting:
        """The round. Only asked for once it has begun."""
        if self._play is None:
            raise RuntimeError("the round has not begun")
        return self._play

    @property
    def scope(self) -> Scope:
        return "naming" if self._play is not None and self._play.phase in {"naming", "told"} else "spot"

    def can_do(self, action: UserAction) -> bool:
        """Choose only what is asked for."""
        if action.id.startswith("act."):
            return self._play is not None and self._play.phase == "asked"
        if action.id in _NAMES:
            return self._play is not None and self._play.phase == "naming"
        return True

    def hints(self) -> tuple[KeyHint, ...]:
        """What is asked for comes first."""
        play, keys = self._play, self.noc.keys
        rest = tuple(hint for hint in super().hints() if hint.label != "next")
        if play is None or play.phase not in {"asked", "naming", "told"}:
            return rest
        if play.phase == "asked":
            return (KeyHint(action_keys(keys), "act"), *rest)
        enter = display(keys["naming.next"])
        if play.phase == "told":
            return (KeyHint(enter, "result" if play.round.done else "next"), *rest)
        names = "".join(display(keys[name]) for name in _NAMES)
        return (KeyHint("1-4" if names == "1234" else names, "name it"), KeyHint(enter, "I do not know"), *rest)

    # --- beginning

    def on_mount(self) -> None:
        """Show the frame at once; load what there is to practise after the first paint."""
        self.query_one(Banner).view = BannerView("Spot", badge="LOADING", badge_kind="paused")
        self.query_one(AnswerPanel).view = AnswerView("Looking up what is due…", loading=True)
        self.noc.after_paint(self, lambda: self.run_worker(self._load, thread=True))
        if self.noc.live_timers:
            self.set_interval(TICK_SECONDS, self.tick)

    @property
    def _limit(self) -> float | None:
        return self._launch.options.seconds or None

    def _load(self) -> None:
        from noc_tui.tui.practice import load_practice  # noqa: PLC0415  (heavy; this is a thread)

        practice = load_practice(self.noc.remembering, self._launch.incident_folders)
        self.post_message(self.Loaded(practice, practice.deck if self._deck is None else self._deck))

    def on_spot_screen_loaded(self, event: Loaded) -> None:
        """Begin the round."""
        from noc_tui.drills.spot import SpotRound  # noqa: PLC0415  (loaded by now)
        from noc_tui.review.planner import Planner  # noqa: PLC0415

        for sentence in event.practice.notices[:3]:
            self.noc.warn(sentence)
        self._incidents = dict(event.practice.incidents)
        self._planner = Planner()
        seed = secrets.randbelow(2**32) if self._launch.seed is None else self._launch.seed
        self._play = Spotting(SpotRound(event.deck, seed, self._launch.options.positions, self._limit))
        self._prepare()

    def _prepare(self) -> None:
        self.run_worker(self._build, thread=True)

    def _build(self) -> None:
        from noc_tui.drills.errors import DrillError  # noqa: PLC0415  (see above)
        from noc_tui.review.planner import Planner  # noqa: PLC0415
        from noc_tui.tui.practice import next_question, now_millis  # noqa: PLC0415

        planner = self._planner or Planner()
        try:
            made = next_question(self.play.round, self._incidents, now_millis(), planner)
        except DrillError as error:
            self.post_message(self.Failed(str(error)))
        else:
            self.post_message(self.Prepared(*made))

    def on_spot_screen_failed(self, event: Failed) -> None:
        """There is nothing to ask."""
        self.noc.warn(event.problem)
        self.action_leave()

    def on_spot_screen_prepared(self, event: Prepared) -> None:
        """Show the position; its time begins."""
        self.play.round = event.round
        self.play.ask(event.question, self.noc.monotonic())
        if self.app.screen is not self:
            self.play.cover(self.noc.monotonic())
        self.show_position(event.question.position.episode)
        self._show()

    # --- time

    def tick(self) -> None:
        """Time has passed."""
        if self._play is None or self._play.phase != "asked":
            return
        if self.play.tick(self.noc.monotonic()):
            self._acted(None)
        else:
            self._show_panel()

    def on_screen_suspend(self) -> None:
        """Something covers the position: the time stands still."""
        if self._play is not None:
            self._play.cover(self.noc.monotonic())

    def on_screen_resume(self) -> None:
        """The position is in sight again."""
        if self._play is not None:
            self._play.uncover(self.noc.monotonic())

    # --- keys

    def action_operate(self, action: str) -> None:
        """Choose this action."""
        if self.play.act(ActionType(action), self.noc.monotonic()):
            self._acted(ActionType(action))

    def _acted(self, action: ActionType | None) -> None:
        if action is not None:
            self.query_one(ActionPad).flash(ACTIONS.index(action))
        question, keys = self.play.question, self.noc.keys
        if question is not None:
            pairs = zip(_NAMES, question.names, strict=False)
            items = tuple(PadItem((display(keys[name]),), clean(each.title, 60)) for name, each in pairs)
            self.show_pad(WHICH, items)
        self._show()

    def action_name(self, place: int) -> None:
        """Say which incident it is."""
        if not self.play.is_stray(self.noc.monotonic()):
            self._named(place)

    def on_action_pad_chosen(self, event: ActionPad.Chosen) -> None:
        """A click does what the key of the row does."""
        phase = self._play.phase if self._play is not None else "preparing"
        if phase == "asked":
            self.action_operate(ACTIONS[event.index])
        elif phase == "naming":
            self._named(event.index)

    def _named(self, place: int | None) -> None:
        from noc_tui.tui.practice import now_millis  # noqa: PLC0415  (loaded by now)

        at = now_millis()
        if (answer := self.play.name(place, at)) is not None:
            self._remember(answer, at)
            self._show()
            self._mark_names()

    def _mark_names(self) -> None:
        """Which name was right stays; the others are off."""
        pad, question = self.query_one(ActionPad), self.play.question
        if question is not None:
            right = [name.incident == question.position.key.incident for name in question.names]
            pad.items = tuple(
                PadItem(item.keys, item.label, "✓" if is_right else "", enabled=is_right, chosen=is_right)
                for item, is_right in zip(pad.items, right, strict=True)
            )

    def action_next(self) -> None:
        """Go on at once; before the incident is named, that it is not known."""
        if self.play.phase == "naming":
            self._named(None)
        elif self.play.phase == "told":
            if self.play.go_on():
                self._prepare()
            else:
                self._end()

    def _remember(self, answer: SpotAnswer, at: int) -> None:
        from noc_tui.drills.spot import review_of  # noqa: PLC0415  (loaded by now)

        self.noc.remembering.remember(review_of(answer, self.noc.remembering.player, at))

    # --- the end

    def _end(self) -> None:
        from noc_tui.tui.screens.drill_round import RoundScreen  # noqa: PLC0415

        self.app.switch_screen(RoundScreen(self.play.round, self._launch))

    def action_leave(self) -> None:
        """Leave; what has been answered is kept."""
        self._keep()
        if self._play is not None and (count := len(self._play.round.answers)):
            self.noc.tell(f"{count} answer{'' if count == 1 else 's'} of {self._play.round.size} kept.")
        super().action_leave()

    def on_unmount(self) -> None:
        """The program may be left from anywhere."""
        self._keep()

    def _keep(self) -> None:
        """Keep an action that was chosen, though the incident was not named."""
        if self._play is not None:
            from noc_tui.tui.practice import now_millis  # noqa: PLC0415  (loaded by now)

            at = now_millis()
            if (answer := self._play.leave(at)) is not None:
                self._remember(answer, at)

    # --- showing

    def _show(self) -> None:
        play, question = self.play, self.play.question
        if question is None:
            return
        badge = {"asked": "WHAT WOULD YOU DO?", "naming": "WHAT IS IT?"}.get(play.phase, "ANSWERED")
        episode = question.position.episode
        self.query_one(Banner).view = BannerView(
            title="Spot",
            subtitle=f"position {question.number} of {play.round.size}",
            clock=self.clock_at(episode.steps),
            badge=badge,
            badge_kind="ended" if play.phase == "told" else "you",
        )
        self._show_panel()
        self.refresh_keys()

    def _show_panel(self) -> None:
        self.query_one(AnswerPanel).view = spot_view(self.play, self.noc.monotonic())
