"""Missions as people and programs make, change, move and delete them, with their tickets and gates."""

from collections.abc import Iterable
from functools import partial

import msgspec
from msgspec import UNSET

from core import filtering, paging
from core.api.tickets import Mission, MissionChange, MissionMove, NewMission
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller
from core.errors import ConflictError, InvalidError
from core.filters import MISSION_FIELDS
from core.ids import mission_id
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.planning import checking
from core.planning.access import among, require_deleting_mission, visible_mission
from core.planning.arming import moved, set_now
from core.planning.creating import make
from core.planning.following import follow, gate_of, put_state
from core.planning.gates import Gate
from core.planning.notifications import leave, route_gates, route_mission, written
from core.planning.planned import Planned
from core.planning.telling import Change, tell_mission
from core.planning.tickets import forget, note_rules
from core.planning.views import shown_missions
from storage import gates as gate_store
from storage import missions as store
from storage import tickets as ticket_store
from storage.database import Connection
from storage.gates import GateRow
from storage.missions import LONGEST_ID, MissionRow
from storage.people import WorkspaceRow

_MOST_TICKETS = 200
_DELETED_AT_ONCE = 50
_ID_TRIES = 8


class Missions(Planned):
    """Approved plans."""

    async def page(self, caller: Caller, query: ListQuery, slug: str | None = None) -> Page[Mission]:
        """The missions of one workspace, or of all that the caller sees, newest first, without their plans."""
        limit, below = paging.one_more(query), None if query.cursor is None else paging.number(query.cursor)
        criteria = filtering.parse(query.filter, MISSION_FIELDS, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[Mission]:
            workspace = None if slug is None else visible_workspace(connection, caller, slug)
            rows = store.page(connection, criteria, among=among(caller, workspace), below=below, limit=limit)
            return paging.page(rows, query.limit, partial(shown_missions, connection), lambda row: str(row.seq))

        return await self._database.read(unit)

    async def show(self, caller: Caller, slug: str, id: str) -> Mission:
        return await self._database.read(
            lambda connection: _shown(connection, visible_mission(connection, caller, slug, id)[1])
        )

    async def create(self, caller: Caller, slug: str, new: NewMission) -> Mission:
        """Make a draft, with the tickets that come with it. The same id with the same content makes it once."""
        if len(new.tasks) > _MOST_TICKETS:
            raise InvalidError(f"A mission begins with {_MOST_TICKETS} tickets at most; add more later.", "tasks")

        def unit(connection: Connection) -> Mission:
            workspace = visible_workspace(connection, caller, slug)
            change = self._change(connection, caller)
            return _shown(
                connection, _made_before(connection, workspace, new) or _make(change, caller, workspace, new)
            )

        return await self._write(unit)

    async def change(self, caller: Caller, slug: str, id: str, change: MissionChange) -> Mission:
        """Change what is named. Gates that stay as they were keep what they said."""

        def unit(connection: Connection) -> Mission:
            workspace, row = visible_mission(connection, caller, slug, id)
            now = self._change(connection, caller)
            row = store.with_plan(connection, row)
            values = _columns(now, row, change)
            changed = [name for name, value in values.items() if getattr(row, name) != value]
            wanted = None if change.quality_gates is UNSET else checking.gates(change.quality_gates)
            other_gates = wanted is not None and _put_gates(now, workspace, row, wanted)
            if not (changed or other_gates):
                return _shown(connection, row)
            store.change(connection, row.seq, {**values, "updated_at": now.now})
            after = store.existing(connection, row.seq)
            if {"notifications", "name"}.intersection(changed):
                route_mission(connection, after)
            if "notifications" in changed:
                note_rules(now, caller, workspace, "mission", row.id, change.notifications)
            tell_mission(now, "mission:saved", after)
            follow(now, workspace.id, row.id, ends=other_gates or "threshold" in changed)
            return _shown(connection, store.existing(connection, row.seq))

        return await self._write(unit)

    async def move(self, caller: Caller, slug: str, id: str, to: MissionMove) -> Mission:
        """Begin, pause, resume, complete, fail or cancel it."""
        reason = checking.text(to.reason, "reason", checking.LONGEST_REASON)

        def unit(connection: Connection) -> Mission:
            _, row = visible_mission(connection, caller, slug, id)
            change = self._change(connection, caller)
            if row.state != to.to:
                put_state(change, row, to.to, reason)
                follow(change, row.workspace_id, row.id, ends=False)
            return _shown(connection, store.existing(connection, row.seq))

        return await self._write(unit)

    async def delete(self, caller: Caller, slug: str, id: str) -> Done:
        """Delete a mission, and its tickets with it: some at a time, so that no other writer waits long, and
        itself with the last of them."""
        deleted = 0

        def unit(connection: Connection) -> int | None:
            _, row = visible_mission(connection, caller, slug, id)
            require_deleting_mission(caller, row)
            change = self._change(connection, caller)
            its = ticket_store.of_mission(connection, row.workspace_id, row.id, _DELETED_AT_ONCE + 1)
            for ticket in its[:_DELETED_AT_ONCE]:
                forget(change, ticket)
            if len(its) > _DELETED_AT_ONCE:
                return _DELETED_AT_ONCE
            tell_mission(change, "mission:deleted", row, deletedTasks=deleted + len(its))
            store.remove(connection, row.seq)
            leave(connection, row.workspace_id, "mission", row.id, change.now)
            return None

        while (gone := await self._database.write(unit)) is not None:
            deleted += gone
        self._armed()
        return Done()


def _made_before(connection: Connection, workspace: WorkspaceRow, new: NewMission) -> MissionRow | None:
    """The mission of this id, if it was made of the same wish."""
    if new.id is None:
        return None
    there = store.by_id(connection, workspace.id, checking.id_given(new.id, LONGEST_ID))
    if there is not None:
        checking.same_wish("mission", there.id, there.creation, checking.digest(new))
    return there


def _make(change: Change, caller: Caller, workspace: WorkspaceRow, new: NewMission) -> MissionRow:
    connection = change.connection
    wanted = checking.gates(new.quality_gates)
    values = {
        "workspace_id": workspace.id,
        "name": checking.title(new.name, "name"),
        "plan": checking.plan(new.data),
        "state": "draft",
        "creator_id": caller.person,
        "threshold": checking.score(new.quality_threshold, "qualityThreshold"),
        **set_now(change, checking.deadline(new.deadline)),
        "notifications": written(new.notifications),
        "creation": None if new.id is None else checking.digest(new),
        "created_at": change.now,
        "updated_at": change.now,
    }
    row = _added(change, values, new.id)
    route_mission(connection, row)
    if new.notifications is not None:
        note_rules(change, caller, workspace, "mission", row.id, new.notifications)
    tell_mission(change, "mission:saved", row)
    _put_gates(change, workspace, row, wanted)
    for index, ticket in enumerate(new.tasks):
        place = f"tasks[{index}]."
        if ticket.mission_id not in (None, row.id):
            raise InvalidError(
                f"It belongs to the mission {quoted(row.id)}; leave this out.", f"{place}missionId"
            )
        made = make(change, workspace, ticket, row, place)
        if ticket.notifications is not None:
            note_rules(change, caller, workspace, "ticket", made.id, ticket.notifications)
    follow(change, workspace.id, row.id)
    return store.existing(connection, row.seq)


def _added(change: Change, values: dict[str, object], given: str | None) -> MissionRow:
    """Store the mission under its id, or under one of its own."""
    for _ in range(_ID_TRIES):
        seq = store.add(change.connection, {**values, "id": given or mission_id(change.entropy)})
        if seq is not None:
            return store.existing(change.connection, seq)
    raise ConflictError(f"There is already a mission {given} in this workspace: take another id.")


def _columns(change: Change, row: MissionRow, wanted: MissionChange) -> dict[str, object]:
    """The columns of what is named."""
    values: dict[str, object] = {}
    if wanted.name is not UNSET:
        values["name"] = checking.title(wanted.name, "name")
    if wanted.data is not UNSET:
        values["plan"] = checking.plan(wanted.data)
    if wanted.quality_threshold is not UNSET:
        values["threshold"] = checking.score(wanted.quality_threshold, "qualityThreshold")
    if wanted.notifications is not UNSET:
        values["notifications"] = written(wanted.notifications)
    if wanted.deadline is not UNSET:
        values |= moved(change, row, checking.deadline(wanted.deadline))
    return values


def _put_gates(change: Change, workspace: WorkspaceRow, mission: MissionRow, wanted: list[Gate]) -> bool:
    """From now on the mission has these gates; whether it did not before. One that is the same as before keeps
    its state, so that nothing is told twice."""
    before = gate_store.of(change.connection, [mission.seq]).get(mission.seq, [])
    if [gate_of(row) for row in before] == wanted:
        return False
    kept = {gate_of(row): row for row in before}
    rows = []
    for place, gate in enumerate(wanted):
        row = GateRow(
            mission.seq,
            place,
            gate.name,
            _listed(gate.after),
            _listed(gate.blocks),
            _listed(gate.channels),
            gate.min_score,
            gate.require_all,
        )
        was = kept.get(gate)
        rows.append(row if was is None else was._replace(place=place))
    gate_store.put(change.connection, mission.seq, rows)
    route_gates(change.connection, mission, workspace.slug, wanted, change.now)
    return True


def _listed(names: Iterable[str]) -> str:
    return msgspec.json.encode(list(names)).decode()


def _shown(connection: Connection, row: MissionRow) -> Mission:
    return shown_missions(connection, [store.with_plan(connection, row)])[0]
