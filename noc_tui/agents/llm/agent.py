"""The agent: asks the model, adapts to its endpoint, and takes for an answer only what names one action."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from noc_tui.agents.asking import RATIONALE_LIMIT
from noc_tui.agents.base import AgentError
from noc_tui.agents.llm.adapting import (
    FORMATS,
    RefusedError,
    habits_of,
    refused_parameter,
    request,
)
from noc_tui.agents.llm.answers import (
    INSTRUCTIONS,
    SHOWN,
    Answer,
    AnswerFormat,
    Reply,
    UnusableAnswerError,
    WrongFormError,
    rationale_so_far,
    read_answer,
)
from noc_tui.agents.llm.redaction import redact
from noc_tui.agents.llm.sharing import Lease
from noc_tui.agents.llm.spending import Spending
from noc_tui.episode.records import INCIDENT_ID, NO_USAGE, Decision, Usage
from noc_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from noc_tui.agents.llm.client import Client
    from noc_tui.agents.llm.collecting import Collector
    from noc_tui.agents.llm.profiles import Profile
    from noc_tui.agents.llm.prompt import Prompt
    from noc_tui.episode.observation import Observation
    from noc_tui.sim.actions import ActionType


class LLMAgent:
    """A model that plays one episode. Nothing of what it writes is anything but text and the name of an action.

    `on_rationale`, where set, is told the whole rationale so far, safe to show, each time the model has written more of
    it; an empty one begins another attempt. It is called in the event loop that `decide` runs in.
    """

    def __init__(self, profile: Profile, prompt: Prompt) -> None:
        self.name = profile.name
        self.on_rationale: Callable[[str], None] | None = None
        self._profile = profile
        self._prompt = prompt
        self._habits = habits_of(profile)
        self._lease = Lease(profile)
        self._chosen: dict[int, ActionType] = {}
        self._spending: Spending | None = None

    @property
    def model(self) -> str:
        """The model's name, for reports."""
        return self._shown(self._profile.model, 200)

    @property
    def time_limit(self) -> float:
        """Seconds that a decision may take, which the agent keeps to by itself."""
        return self._profile.time_limit

    @property
    def about(self) -> dict[str, str]:
        """What else a recording should say of who decided: enough to set the same agent up again, and no key."""
        profile = self._profile
        return {
            "model": self.model,
            "endpoint": profile.host,
            "temperature": f"{profile.temperature:g}",
            "max_tokens": str(profile.max_tokens),
            "hints": "yes" if profile.hints else "no",
            "prompt": self._prompt.digest,
        }

    @property
    def spent(self) -> Usage:
        """What the last question has cost so far, as far as that is known: also while it is being asked."""
        return NO_USAGE if self._spending is None else self._spending.usage

    async def decide(self, observation: Observation) -> Decision:
        """The model's decision. Raises `AgentError`, which also says what the failed calls have cost."""
        self._spending = spending = Spending(self._profile.price)
        failure: AgentError
        try:
            client = await self._lease.client()
            # To load the client is not the model's time.
            spending.begin()
            deadline = asyncio.get_running_loop().time() + self._profile.time_limit
            answer = await self._answer(client, observation, deadline, spending)
        except AgentError as error:
            failure = AgentError(str(error), usage=spending.usage)
        else:
            spending.end()
            self._chosen[observation.step + 1] = answer.action
            return Decision(
                action=answer.action,
                driver=self.name,
                rationale=self._shown(answer.rationale, RATIONALE_LIMIT) or None,
                answer_format=answer.format.value,
                diagnosis=self._diagnosis(answer),
                usage=spending.usage,
            )
        finally:
            spending.end()
        raise failure

    async def close(self) -> None:
        """Give back the connections."""
        await self._lease.release()

    async def _answer(self, client: Client, observation: Observation, deadline: float, spending: Spending) -> Answer:
        """Ask until there is an answer that can be used; one that cannot is sent back once, with what is wrong."""
        asked = self._habits.format or next(iter(AnswerFormat))
        problem: str | None = None
        while True:
            reply, asked = await self._reply(client, observation, asked, problem, deadline)
            spending.add(reply)
            try:
                answer = read_answer(reply, asked)
            except UnusableAnswerError as error:
                following = asked.next
                # Where that form has never worked, the endpoint may not know it.
                if isinstance(error, WrongFormError) and self._habits.format is None and following is not None:
                    asked = following
                    continue
                if problem is not None:
                    raise AgentError(f"{self._profile.host} gave no answer that can be used: {error}") from None
                problem = str(error)
            else:
                self._habits.format = answer.format
                return answer

    async def _reply(
        self, client: Client, observation: Observation, asked: AnswerFormat, problem: str | None, deadline: float
    ) -> tuple[Reply, AnswerFormat]:
        """What the model answers, and in which form it was asked in the end: an endpoint may refuse the first."""
        while True:
            refused = frozenset(self._habits.refused)
            messages = self._prompt.messages(
                observation,
                answer=INSTRUCTIONS[asked],
                hints=self._profile.hints,
                chosen=self._chosen,
                problem=problem,
            )
            arguments = request(self._profile, messages, asked, refused)
            self._tell("")
            try:
                reply = await client.ask(arguments, deadline, self._listener(asked))
            except RefusedError as refusal:
                parameter = refused_parameter(refusal, arguments)
                following = asked.next
                if parameter in FORMATS and following is not None:
                    asked = following
                elif parameter is not None and parameter not in FORMATS:
                    self._habits.refused.add(parameter)
                else:
                    raise AgentError(str(refusal)) from None
            else:
                return reply, asked

    def _listener(self, asked: AnswerFormat) -> Callable[[Collector], None]:
        told = ""

        def listen(collector: Collector) -> None:
            nonlocal told
            if self.on_rationale is None or collector.size > SHOWN:
                return
            rationale = rationale_so_far(collector.content, collector.arguments, asked)
            if rationale != told:
                told = rationale
                self._tell(self._shown(rationale, RATIONALE_LIMIT))

        return listen

    def _diagnosis(self, answer: Answer) -> str | None:
        """The incident that the model names, where its template asks for one and it keeps to the form of an id."""
        named = redact(answer.diagnosis or "", self._profile.secret)  # some keys have that form, too
        return named if re.fullmatch(INCIDENT_ID, named) else None

    def _tell(self, rationale: str) -> None:
        if self.on_rationale is not None:
            self.on_rationale(rationale)

    def _shown(self, text: str, limit: int) -> str:
        """Foreign text as it may be shown and kept."""
        whole = clean(text, 2 * limit, keep_newlines=True)
        return clean(redact(whole, self._profile.secret), limit, keep_newlines=True).strip()
