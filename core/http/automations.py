"""Automations. The token of a webhook is in the answer that made it, and in no other."""

from core.api.automations import (
    Automation,
    AutomationChange,
    AutomationCreation,
    Day,
    DayQuery,
    Execution,
    NewAutomation,
    RunRequest,
    SchedulePreview,
    ScheduleQuery,
    SwitchRequest,
    SwitchResult,
)
from core.api.wire import Done, ListQuery, Page
from core.automations.serving import AutomationsOfServer
from core.http.endpoint import Asked, Endpoint


def endpoints(automations: AutomationsOfServer) -> list[Endpoint]:
    desk, switching = automations.desk, automations.switching

    async def page(asked: Asked[ListQuery, None]) -> Page[Automation]:
        return await desk.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Automation:
        return await desk.show(asked.caller, asked.path["automation"])

    async def create(asked: Asked[None, AutomationCreation]) -> NewAutomation:
        return await desk.create(asked.caller, asked.body)

    async def change(asked: Asked[None, AutomationChange]) -> NewAutomation:
        return await desk.change(asked.caller, asked.path["automation"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await desk.delete(asked.caller, asked.path["automation"])

    async def rotate(asked: Asked[None, None]) -> NewAutomation:
        return await desk.rotate(asked.caller, asked.path["automation"])

    async def run(asked: Asked[None, RunRequest]) -> Execution:
        return await automations.run_now.run(asked.caller, asked.path["automation"], asked.body)

    async def enable(asked: Asked[None, SwitchRequest]) -> SwitchResult:
        return await switching.switch(asked.caller, asked.body, "enable")

    async def disable(asked: Asked[None, SwitchRequest]) -> SwitchResult:
        return await switching.switch(asked.caller, asked.body, "disable")

    async def preview(asked: Asked[ScheduleQuery, None]) -> SchedulePreview:
        return await automations.planning.preview(asked.query)

    async def day(asked: Asked[DayQuery, None]) -> Day:
        return await automations.planning.day(asked.caller, asked.query)

    one = "/automations/{automation}"
    return [
        Endpoint("GET", "/automations", "The automations", page, Page[Automation], query=ListQuery),
        Endpoint(
            "POST",
            "/automations",
            "Make an automation",
            create,
            NewAutomation,
            body=AutomationCreation,
            status=201,
        ),
        Endpoint(
            "GET",
            "/automations/preview",
            "A schedule in words, its next runs, and what clock changes do to them",
            preview,
            SchedulePreview,
            query=ScheduleQuery,
        ),
        Endpoint("GET", "/automations/day", "The runs of the coming hours", day, Day, query=DayQuery),
        Endpoint("POST", "/automations/enable", "Switch on", enable, SwitchResult, body=SwitchRequest),
        Endpoint("POST", "/automations/disable", "Switch off", disable, SwitchResult, body=SwitchRequest),
        Endpoint("GET", one, "One automation", show, Automation),
        Endpoint("PATCH", one, "Change an automation", change, NewAutomation, body=AutomationChange),
        Endpoint("DELETE", one, "Delete an automation; its history stays", delete, Done),
        Endpoint("POST", f"{one}/run", "Run an automation now", run, Execution, body=RunRequest, status=201),
        Endpoint(
            "POST", f"{one}/rotate-token", "Replace the token of a webhook", rotate, NewAutomation, status=201
        ),
    ]
