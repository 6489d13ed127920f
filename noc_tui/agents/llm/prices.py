"""What a call costs, from the user's price table."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PriceOfMillion = Annotated[float, Field(ge=0, le=1e6)]


class Price(BaseModel):
    """The price of a million tokens, in whatever currency the user counts in."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    input: PriceOfMillion
    output: PriceOfMillion

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.input + tokens_out * self.output) / 1e6
