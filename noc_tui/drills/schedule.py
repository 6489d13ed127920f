"""What is practised next: what is due, then what is new, then what is weakest. Pure: `now` is given, chance is seeded.

The rules are in `docs/drills.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from noc_tui.drills.stages import SPOT_STAGES, Stage
from noc_tui.store.cards import answered, recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from noc_tui.sim.incident import Incident
    from noc_tui.store.cards import Answer, Card

MOST_SHAKY: Final = 3
"""With so many incidents that do not hold yet, there is enough to do: no new one."""
NEW_AFTER: Final = 24
"""After so many answers to them something new comes all the same, so that nobody is stuck for good; for each incident
that is shaky beyond the three, after so many more."""
_DIFFICULTIES: Final = ("easy", "medium", "control", "hard")
"""The order in which incidents are introduced: the control once there is something to tell it from."""


class Key(NamedTuple):
    """A card: an incident, and the stage that it is asked at."""

    incident: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Deck:
    """The cards of a player, and the incidents there are to learn, in the order in which they are introduced."""

    order: tuple[str, ...]
    cards: Mapping[Key, Card] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, incidents: Iterable[Incident], stored: Mapping[tuple[str, str], Card]) -> Deck:
        """The deck of who has answered these cards (`noc_tui.store.queries.deck_of`).

        Cards of incidents that are not there now, or of stages that are not known, are left out; they stay stored.
        """
        known = sorted(incidents, key=lambda incident: (_DIFFICULTIES.index(incident.difficulty), incident.id))
        order = tuple(incident.id for incident in known)
        stages = {str(stage): stage for stage in Stage}
        cards = {
            Key(incident, stages[stage]): card
            for (incident, stage), card in stored.items()
            if incident in order and stage in stages
        }
        return cls(order, MappingProxyType(cards))

    def answered(self, key: Key, rating: Answer, at: int) -> Deck:
        """The deck after an answer at a moment (UTC, in milliseconds since 1970)."""
        card = answered(self.cards.get(key), rating, at)
        return replace(self, cards=MappingProxyType({**self.cards, key: card}))

    def without(self, incident: str) -> Deck:
        """The deck without an incident that is no practice."""
        order = tuple(name for name in self.order if name != incident)
        cards = {key: card for key, card in self.cards.items() if key.incident != incident}
        return Deck(order, MappingProxyType(cards))

    def due(self, now: int, stages: Sequence[Stage] = tuple(Stage)) -> list[Key]:
        """The cards that are due, the one that is most likely forgotten first."""
        keys = [key for key, card in self.cards.items() if key.stage in stages and card.due <= now]
        return sorted(keys, key=lambda key: (recall(self.cards[key], now), self._place(key)))

    def next_due(self, stages: Sequence[Stage] = tuple(Stage)) -> int | None:
        """When the next card falls due, UTC, in milliseconds since 1970, past or to come; None where there is none."""
        return min((card.due for key, card in self.cards.items() if key.stage in stages), default=None)

    def new(self, stages: Sequence[Stage] = SPOT_STAGES) -> Key | None:
        """The card that is introduced next; None while the known ones need the time, or where there is none left.

        Further stages of an incident come once its first one holds; a new incident, the easy ones first, while fewer
        than three of the known ones are shaky. Who has answered the shaky ones often enough gets the next all the same.
        """
        if self._shaky(stages) >= MOST_SHAKY and not self.is_stuck(stages):
            return None
        unseen = self._unseen(stages)
        deeper = [k for k in unseen if k.stage is not stages[0] and self._holds(Key(k.incident, stages[0]))]
        fresh = [k for k in unseen if k.stage is stages[0]]
        return next(iter([*fresh, *deeper, *unseen] if self.is_stuck(stages) else [*deeper, *fresh]), None)

    def is_stuck(self, stages: Sequence[Stage] = SPOT_STAGES) -> bool:
        """Whether the shaky incidents have been practised for long without success: time for something else."""
        shaky = self._shaky(stages)
        if shaky < MOST_SHAKY:
            return False
        tried = sum(card.reviews for key, card in self.cards.items() if key.stage in stages and not card.holds)
        return tried >= NEW_AFTER * (shaky - MOST_SHAKY + 1)

    def next(self, now: int, stages: Sequence[Stage] = SPOT_STAGES, recent: Sequence[Key] = ()) -> Key | None:
        """The card to ask now; None where there is nothing to learn.

        What is due comes first, then what is new, then, ahead of time, what is most likely forgotten; who is stuck gets
        something new first. `recent` are the last ones asked, newest last: none of two comes again while there is
        another.
        """
        barred = set(recent[-2:])
        if self.is_stuck(stages) and (new := self.new(stages)) is not None:
            return new
        if due := [key for key in self.due(now, stages) if key not in barred]:
            return due[0]
        if (new := self.new(stages)) is not None:
            return new
        known = [key for key in self.cards if key.stage in stages and key.incident in self.order]
        known.sort(key=lambda key: (key in barred, recall(self.cards[key], now), self._place(key)))
        return known[0] if known else None

    def _place(self, key: Key) -> tuple[int, int]:
        return self.order.index(key.incident), list(Stage).index(key.stage)

    def _unseen(self, stages: Sequence[Stage]) -> list[Key]:
        return [key for incident in self.order for stage in stages if (key := Key(incident, stage)) not in self.cards]

    def _holds(self, key: Key) -> bool:
        card = self.cards.get(key)
        return card is not None and card.holds

    def _shaky(self, stages: Sequence[Stage]) -> int:
        """How many incidents have a card that does not hold."""
        return len({key.incident for key, card in self.cards.items() if key.stage in stages and not card.holds})
