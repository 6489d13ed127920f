"""What happens between the steps of an episode: kept in order, and by kind."""

from __future__ import annotations

from noc_tui.episode.records import Aside, ControlRecord, DiagnosisRecord, MarkRecord, SuggestionRecord


class Asides:
    """That part of a `Track` which is no step. Grows by `keep_aside`."""

    def __init__(self) -> None:
        self.asides: list[Aside] = []
        """All of them, in order; the others are those of one kind."""
        self.controls: list[ControlRecord] = []
        self.marks: list[MarkRecord] = []
        self.diagnoses: list[DiagnosisRecord] = []
        self.suggestions: list[SuggestionRecord] = []

    def keep_aside(self, aside: Aside) -> None:
        """Take in what has happened after the last step."""
        self.asides.append(aside)
        match aside:
            case ControlRecord():
                self.controls.append(aside)
            case MarkRecord():
                self.marks.append(aside)
            case DiagnosisRecord():
                self.diagnoses.append(aside)
            case SuggestionRecord():
                self.suggestions.append(aside)
