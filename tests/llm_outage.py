"""A server that dies while clients are connected to it, and leaves nothing open behind."""

from __future__ import annotations

import asyncio

from tests.llm_server import LLMServer


class MortalServer(LLMServer):
    """Its end cuts every connection off. `again` is the same server, come back at the same port."""

    async def _serve(self) -> None:
        await super()._serve()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # a transport closes with the next turn of the loop

    def again(self) -> MortalServer:
        """A server at the same port, for when this one is dead."""
        server = MortalServer(policy=self.policy, key=self.key)
        server._port = self._port
        return server
