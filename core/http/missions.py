"""Missions over HTTP."""

from core.api.tickets import Mission, MissionChange, MissionMove, NewMission
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.planning.missions import Missions


def endpoints(missions: Missions) -> list[Endpoint]:
    async def every(asked: Asked[ListQuery, None]) -> Page[Mission]:
        return await missions.page(asked.caller, asked.query)

    async def page(asked: Asked[ListQuery, None]) -> Page[Mission]:
        return await missions.page(asked.caller, asked.query, asked.path["slug"])

    async def show(asked: Asked[None, None]) -> Mission:
        return await missions.show(asked.caller, asked.path["slug"], asked.path["mission"])

    async def create(asked: Asked[None, NewMission]) -> Mission:
        return await missions.create(asked.caller, asked.path["slug"], asked.body)

    async def change(asked: Asked[None, MissionChange]) -> Mission:
        return await missions.change(asked.caller, asked.path["slug"], asked.path["mission"], asked.body)

    async def move(asked: Asked[None, MissionMove]) -> Mission:
        return await missions.move(asked.caller, asked.path["slug"], asked.path["mission"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await missions.delete(asked.caller, asked.path["slug"], asked.path["mission"])

    all_, one = "/projects/{slug}/missions", "/projects/{slug}/missions/{mission}"
    move_it = "Begin, pause, resume, complete, fail or cancel a mission"
    return [
        Endpoint(
            "GET", "/missions", "The missions that you may see, newest first", every, Page[Mission], ListQuery
        ),
        Endpoint("GET", all_, "The missions of a workspace, newest first", page, Page[Mission], query=ListQuery),
        Endpoint("POST", all_, "Make a mission, with its tickets", create, Mission, body=NewMission, status=201),
        Endpoint("GET", one, "One mission, with its gates", show, Mission),
        Endpoint("PATCH", one, "Change a mission", change, Mission, body=MissionChange),
        Endpoint("POST", f"{one}/transitions", move_it, move, Mission, body=MissionMove),
        Endpoint("DELETE", one, "Delete a mission with its tickets", delete, Done),
    ]
