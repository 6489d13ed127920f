"""What screens share that show what is remembered: it is read in a thread, and anew when there is more."""

from __future__ import annotations

from noc_tui.tui.keymap import display
from noc_tui.tui.screens.base import NocScreen


class RememberedScreen(NocScreen):
    """Reads when it comes in sight, and when something has been remembered while it is."""

    def read(self) -> None:
        """Read the database, in a thread, and post what is in it."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Read again: something may have been played meanwhile."""
        super().on_screen_resume()
        self.run_worker(self.read, thread=True, exclusive=True, group="read")

    def on_remembering_kept(self) -> None:
        """Something has just been remembered. Who is covered reads it when in sight again."""
        if self.is_current:
            self.on_screen_resume()

    def on_remembering_caught(self) -> None:
        """What had been waiting is there now."""
        self.on_remembering_kept()

    def cannot_be_read(self, problem: str) -> str:
        """What stands in place of figures that cannot be had."""
        leave = display(self.noc.keys["leave"])
        return f"What is remembered cannot be read now. Play goes on without. {leave} goes back.\n\n{problem}"
