"""API keys. The text of one is in the answer that made it, and in no other."""

from core.api.people import Key, KeyCreation, KeyRotation, NewKey
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.people.keys import Keys


def endpoints(keys: Keys) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Key]:
        return await keys.page(asked.caller, asked.query)

    async def create(asked: Asked[None, KeyCreation]) -> NewKey:
        return await keys.create(asked.caller, asked.body)

    async def rotate(asked: Asked[None, KeyRotation]) -> NewKey:
        return await keys.rotate(asked.caller, asked.path["key"], asked.body)

    async def revoke(asked: Asked[None, None]) -> Done:
        return await keys.revoke(asked.caller, asked.path["key"])

    return [
        Endpoint("GET", "/keys", "The API keys that you may see", page, Page[Key], query=ListQuery),
        Endpoint("POST", "/keys", "Make an API key", create, NewKey, body=KeyCreation, status=201),
        Endpoint(
            "POST", "/keys/{key}/rotate", "Replace an API key", rotate, NewKey, body=KeyRotation, status=201
        ),
        Endpoint("POST", "/keys/{key}/revoke", "End an API key at once", revoke, Done),
    ]
