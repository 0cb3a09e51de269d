"""What people see of people and keys: rows in the shape of the wire, without what the viewer may not know."""

from collections.abc import Sequence

import msgspec

from core.api.people import AlertWords, DesktopAlerts, Key, KeyState, Me, Person
from core.caller import Caller, Permission
from core.clock import maybe_datetime, to_datetime
from core.people.standing import known_permissions
from storage.database import Connection
from storage.ids import Instant
from storage.keys import KeyRow
from storage.people import PersonRow, grants_of, slugs
from storage.workspaces import slugs_of


def shown_people(connection: Connection, caller: Caller, rows: Sequence[PersonRow]) -> list[Person]:
    """People as the caller sees them: workspaces that are not theirs do not exist for them, and only who manages
    people sees what others hold."""
    ids = [row.id for row in rows]
    granted = grants_of(connection, ids)
    belonging = slugs_of(connection, ids)
    visible = None if caller.admin else set(slugs(connection, caller.workspaces).values())
    shown = []
    for row in rows:
        knows = row.id == caller.person or caller.may(Permission.PEOPLE_MANAGE)
        shown.append(
            Person(
                name=row.name,
                display_name=row.display_name,
                admin=row.admin,
                time_zone=row.time_zone,
                permissions=sorted(known_permissions(granted[row.id])) if knows else [],
                workspaces=[slug for slug in belonging[row.id] if visible is None or slug in visible],
                left=row.left_at is not None,
                uid=row.uid if knows else None,
            )
        )
    return shown


def shown_me(connection: Connection, caller: Caller, row: PersonRow) -> Me:
    """The asker, with what they may do by the way they came."""
    return Me(
        name=row.name,
        display_name=row.display_name,
        admin=caller.admin,
        time_zone=row.time_zone,
        desktop_alerts=msgspec.convert(row.desktop_alerts, DesktopAlerts),
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        permissions=sorted(permission for permission in Permission if caller.may(permission)),
        workspaces=slugs_of(connection, [row.id])[row.id],
        via=caller.via,
        alert_words=msgspec.convert(row.alert_words, AlertWords),
    )


def key_permissions(row: KeyRow) -> frozenset[Permission]:
    return known_permissions(msgspec.json.decode(row.permissions, type=list[str]))


def shown_key(row: KeyRow, now: Instant) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        owner=row.owner,
        prefix=row.prefix,
        permissions=sorted(key_permissions(row)),
        state=msgspec.convert(row.state_at(now), KeyState),
        created_at=to_datetime(row.created_at),
        expires_at=maybe_datetime(row.expires_at),
        last_used_at=maybe_datetime(row.last_used_at),
    )
