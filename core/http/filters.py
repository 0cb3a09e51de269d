"""What filters a person has saved, over HTTP."""

from core.api.filters import SavedFilters, Saving
from core.http.endpoint import Asked, Endpoint
from core.people.saved_filters import Saved


def endpoints(saved: Saved) -> list[Endpoint]:
    async def show(asked: Asked[None, None]) -> SavedFilters:
        return await saved.show(asked.caller)

    async def save(asked: Asked[None, Saving]) -> SavedFilters:
        return await saved.set(asked.caller, asked.body)

    return [
        Endpoint("GET", "/me/filters", "The filters that you have saved", show, SavedFilters),
        Endpoint("PUT", "/me/filters", "Save exactly these, in this order", save, SavedFilters, body=Saving),
    ]
