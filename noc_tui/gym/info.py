"""What `info` tells about a step, and a dictionary that makes its dear values when they are looked at.

An explanation costs twenty times the step that it explains, and most training never reads one.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from noc_tui.sim.metrics import METRIC, METRIC_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterator, ValuesView

    from noc_tui.sim.metrics import SystemMetrics

UNITS: Final = tuple(METRIC[name].in_units(1.0) for name in METRIC_NAMES)
"""What a metric of 1.0 is in percent, in ms, or up, in the order of `METRIC_NAMES`."""


class _Later:
    """Stands for a value that nobody has looked at yet."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class Info(dict[str, Any]):
    """A dictionary in which `later` values are made when they are first looked at.

    To whoever reads it, it is a plain dictionary, and pickled it becomes one. A deep copy stays lazy.
    """

    __slots__ = ()

    def later(self, key: str, make: Callable[[], Any]) -> None:
        """Have `make` called when the value is looked at. What it refers to must not change until then."""
        super().__setitem__(key, _Later(make))

    def _make_all(self) -> None:
        for key, value in super().items():
            if type(value) is _Later:
                super().__setitem__(key, value.make())

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if type(value) is _Later:
            value = value.make()
            super().__setitem__(key, value)
        return value

    def __iter__(self) -> Iterator[str]:
        # A dict that inherits this is copied by `dict(info)` and `{**info}` past every method below.
        return super().__iter__()

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401  (that would be this)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]  # typeshed has dict_items, which none can name
        self._make_all()
        return super().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # likewise
        self._make_all()
        return super().values()

    def pop(self, key: str, *default: Any) -> Any:
        self._make_all()
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        self._make_all()
        return super().popitem()

    def setdefault(self, key: str, default: Any = None) -> Any:
        self._make_all()
        return super().setdefault(key, default)

    def copy(self) -> dict[str, Any]:
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    def __ne__(self, other: object) -> bool:
        return dict(self) != other

    __hash__ = None  # as for every dict

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Info:
        copied = Info()
        for key, value in super().items():
            dict.__setitem__(copied, key, value if type(value) is _Later else deepcopy(value, memo))
        return copied


def metrics_in_units(metrics: SystemMetrics) -> dict[str, float]:
    """The six metrics by name, in percent and milliseconds; the service 0 to 1 as it is."""
    return {name: value * unit for name, value, unit in zip(METRIC_NAMES, metrics, UNITS, strict=True)}
