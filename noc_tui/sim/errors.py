"""Errors of the simulator. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Short(reprlib.Repr):
    """`repr` that stays short and quick whatever it is given, and writes true and false as the files do."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 2
        self.maxstring = self.maxother = self.maxlong = 60

    def repr_bool(self, value: bool, _level: int) -> str:
        return "true" if value else "false"

    def repr_int(self, value: int, level: int) -> str:
        # Python refuses to write out numbers of thousands of digits.
        bits = value.bit_length()
        return super().repr_int(value, level) if bits <= 1024 else f"a whole number of {bits} bits"


_SHORT = _Short()


def shown(value: object) -> str:
    """A value from outside as an error quotes it: printable characters alone, and few of them."""
    return _SHORT.repr(value)


def rather(given: str, known: Sequence[str]) -> str:
    """What may have been meant by a name that is unknown: the nearest known one, or all of them."""
    import difflib  # noqa: PLC0415  (nothing is wrong before the first paint)

    begun = [name for name in known if given and name.startswith(given)]
    near = begun if len(begun) == 1 else difflib.get_close_matches(given[:100], known, n=1)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"


class SimulatorError(Exception):
    """Base of everything that `noc_tui.sim` raises on purpose."""


class UnknownActionError(SimulatorError, ValueError):
    """Something that is not one of the six actions."""

    def __init__(self, value: object, allowed: Sequence[str]) -> None:
        super().__init__(f"unknown action {shown(value)}: expected one of {', '.join(allowed)}")


class EpisodeOverError(SimulatorError, RuntimeError):
    """A step after the end of the episode."""


class NotResetError(SimulatorError, RuntimeError):
    """A step before the first reset."""


class IncidentError(SimulatorError, ValueError):
    """An incident file that cannot be used: which file, which key or line, what is wrong.

    `problems` are all that is wrong with it, a sentence each, but for `untold` more. The message is the first of them,
    and how many there are beside it.
    """

    def __init__(self, *problems: str, untold: int = 0) -> None:
        more = len(problems) - 1 + untold
        super().__init__(f"{problems[0]} (and {more} more)" if more else problems[0])
        self.problems = problems
        self.untold = untold


class UnknownIncidentError(IncidentError):
    """An incident id that no folder holds."""


class SeveralProblemsError(ValueError):
    """All that is wrong with one value of a file, a clause each. The message is the first of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(problems)
