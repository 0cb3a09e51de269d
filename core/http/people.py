"""People and one's own profile."""

from core.api.people import Me, Person, PersonChange, PersonCreation, ProfileChange
from core.api.wire import ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.people.service import People


def endpoints(people: People) -> list[Endpoint]:
    async def me(asked: Asked[None, None]) -> Me:
        return await people.me(asked.caller)

    async def change_me(asked: Asked[None, ProfileChange]) -> Me:
        return await people.change_me(asked.caller, asked.body)

    async def page(asked: Asked[ListQuery, None]) -> Page[Person]:
        return await people.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Person:
        return await people.show(asked.caller, asked.path["name"])

    async def add(asked: Asked[None, PersonCreation]) -> Person:
        return await people.add(asked.caller, asked.body)

    async def change(asked: Asked[None, PersonChange]) -> Person:
        return await people.change(asked.caller, asked.path["name"], asked.body)

    return [
        Endpoint("GET", "/me", "Who is asking, as the server sees it", me, Me),
        Endpoint("PATCH", "/me", "Change your profile", change_me, Me, body=ProfileChange),
        Endpoint("GET", "/people", "The people whom you may see", page, Page[Person], query=ListQuery),
        Endpoint("GET", "/people/{name}", "One person", show, Person),
        Endpoint("POST", "/people", "Make a person", add, Person, body=PersonCreation, status=201),
        Endpoint(
            "PATCH",
            "/people/{name}",
            "Change what a person may do, let them go, or have them back",
            change,
            Person,
            body=PersonChange,
        ),
    ]
