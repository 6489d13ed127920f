"""Modules whose contents are loaded when somebody asks for them, and not because another one imports them.

OpenEnv's packages import all that there is in them, Gradio, FastMCP and the clients of two model makers included: some
seven seconds for a client that needs a WebSocket, and six for a server without a web page.
"""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_lock = RLock()


@contextmanager
def deferred_modules(modules: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Within it, importing these modules, or one in these packages, does not run them; parents have to come first.

    A module runs when an attribute is asked for that no import has put there, then and later. With each name stand
    functions that can be imported without that: the module runs when one of them is called. What has been imported
    already stays as it is. Raises `ModuleNotFoundError` for a module that is not installed.
    """
    for name, functions in modules.items():
        if name not in sys.modules:
            _defer(name, functions)
    yield


def _defer(name: str, functions: Sequence[str]) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    loader, module = spec.loader, importlib.util.module_from_spec(spec)

    def run() -> None:
        with _lock:
            if module.__dict__.get("__getattr__") is not load:
                return
            del module.__dict__["__getattr__"]  # the module may have one of its own
            try:
                loader.exec_module(module)
            except BaseException:
                module.__dict__["__getattr__"] = load  # to be tried again, as with an ordinary import
                raise

    def load(attribute: str) -> Any:
        if attribute.startswith("__") and attribute != "__all__":  # what tools look for in every module
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        run()
        return getattr(module, attribute)

    def later(function: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            run()
            return getattr(module, function)(*arguments, **options)

        return call

    vars(module).update({function: later(function) for function in functions}, __getattr__=load)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
