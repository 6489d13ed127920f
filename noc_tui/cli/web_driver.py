"""What stands between the program of a visitor and the server: the driver of Textual that ends with its server."""

from __future__ import annotations

import os

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class VisitorDriver(WebDriver):
    """Leaves the program when the server is gone without having said so, as after `kill -9`.

    Textual's own would stop reading then, and leave a process behind that nobody can reach.
    """

    def run_input_thread(self) -> None:
        """Read until there is no more to come."""
        super().run_input_thread()
        if self.exit_event.is_set():
            return
        # What the program still writes on its way out goes nowhere, instead of failing.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno)
        os.close(nowhere)
        self._app.post_message(ExitApp())
