"""What an automation names is deleted, and the server disables it at once."""

import asyncio
import time
from pathlib import Path
from typing import Any

from core.api.automations import AutomationCreation, automation, create
from core.api.bots import BotCreation, create_bot, delete_bot
from core.api.workflows import WorkflowWriting, add_workflow, delete_workflow
from tests.servers import Here, here, home_in

AT_ONCE = 8.0
"""Seconds. The scheduler looks by itself every 30."""

WORKFLOW = 'name = "tidy"\n[[steps]]\nid = "one"\nkind = "command"\nargv = ["true"]\n'


def yearly(name: str, **fields: Any) -> AutomationCreation:
    return AutomationCreation(name, "default", "recurring", cron="0 0 1 1 *", **fields)


async def disabled(server: Here, number: int) -> str | None:
    end = time.monotonic() + AT_ONCE
    while time.monotonic() < end:
        shown = await server.client.send(automation(number))
        if not shown.enabled:
            return shown.disabled_reason
        await asyncio.sleep(0.02)
    return None


async def test_what_names_a_deleted_bot_or_workflow_is_disabled_at_once(tmp_path: Path) -> None:
    async with here(home_in(tmp_path)) as server:
        rex = await server.client.send(create_bot(BotCreation("Rex", "default", "shell")))
        await server.client.send(add_workflow("default", WorkflowWriting(WORKFLOW)))
        talks = await server.client.send(create(yearly("Talk", kind="bot", bot="Rex", prompt="true")))
        tidies = await server.client.send(create(yearly("Tidy", workflow="tidy")))

        await server.client.send(delete_bot(rex.id))
        first = await disabled(server, talks.id)
        await server.client.send(delete_workflow("default", "tidy"))
        second = await disabled(server, tidies.id)

    assert (first, second) == ("Its bot is gone.", "Its workflow tidy is gone.")
