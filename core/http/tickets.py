"""Tickets over HTTP, where they are called tasks."""

from core.api.tickets import NewTicket, Ticket, TicketChange, TicketMove
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.planning.tickets import Tickets


def endpoints(tickets: Tickets) -> list[Endpoint]:
    async def every(asked: Asked[ListQuery, None]) -> Page[Ticket]:
        return await tickets.page(asked.caller, asked.query)

    async def page(asked: Asked[ListQuery, None]) -> Page[Ticket]:
        return await tickets.page(asked.caller, asked.query, asked.path["slug"])

    async def show(asked: Asked[None, None]) -> Ticket:
        return await tickets.show(asked.caller, asked.path["slug"], asked.path["task"])

    async def create(asked: Asked[None, NewTicket]) -> Ticket:
        return await tickets.create(asked.caller, asked.path["slug"], asked.body)

    async def change(asked: Asked[None, TicketChange]) -> Ticket:
        return await tickets.change(asked.caller, asked.path["slug"], asked.path["task"], asked.body)

    async def move(asked: Asked[None, TicketMove]) -> Ticket:
        return await tickets.move(asked.caller, asked.path["slug"], asked.path["task"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await tickets.delete(asked.caller, asked.path["slug"], asked.path["task"])

    all_, one = "/projects/{slug}/tasks", "/projects/{slug}/tasks/{task}"
    return [
        Endpoint(
            "GET", "/tasks", "The tickets that you may see, newest first", every, Page[Ticket], query=ListQuery
        ),
        Endpoint("GET", all_, "The tickets of a workspace, newest first", page, Page[Ticket], query=ListQuery),
        Endpoint("POST", all_, "Make a ticket", create, Ticket, body=NewTicket, status=201),
        Endpoint("GET", one, "One ticket", show, Ticket),
        Endpoint("PATCH", one, "Change a ticket", change, Ticket, body=TicketChange),
        Endpoint("POST", f"{one}/transitions", "Bring a ticket to another state", move, Ticket, body=TicketMove),
        Endpoint("DELETE", one, "Delete a ticket", delete, Done),
    ]
