from storage.audit import add_audit, audit_page
from storage.criteria import Criterion
from storage.database import Connection, Database
from storage.ids import Instant


async def test_the_record_is_read_newest_first_and_narrowed(database: Database) -> None:
    def unit(connection: Connection) -> None:
        for number, action in enumerate(["key.create", "key.revoke", "person.create", "key.create"]):
            add_audit(
                connection,
                Instant(number),
                actor="ann",
                via="socket",
                action=action,
                target=f"t{number}",
                outcome="done",
                detail="{}",
            )
        targets = [row.target for row in audit_page(connection, [], limit=2, before=None)]
        assert targets == ["t3", "t2"]
        keys = [Criterion("action", ("key.*",)), Criterion("target", ("t1",), negated=True)]
        assert [row.target for row in audit_page(connection, keys, limit=9, before=None)] == ["t3", "t0"]
        late = [Criterion("since", (2,)), Criterion("until", (3,))]
        assert [row.target for row in audit_page(connection, late, limit=9, before=None)] == ["t2"]

    await database.write(unit)
