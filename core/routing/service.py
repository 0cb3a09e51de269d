"""Rules as people use them: the list, with what became of each, changes of it, and what they would do."""

from collections.abc import Sequence

from core import paging
from core.api.rules import (
    Explaining,
    Explanation,
    NewRule,
    Preview,
    Previewing,
    RuleChange,
    RuleImport,
    RuleImported,
    RuleProblems,
)
from core.api.rules import Rule as ShownRule
from core.api.wire import Done, ListQuery, Page
from core.caller import Caller, Permission
from core.clock import Clock
from core.errors import NotFoundError
from core.filtering import parse
from core.filters import RULE_FIELDS
from core.ids import Entropy
from core.people.audit import Audit
from core.people.words import quoted
from core.routing.asking import explained, previewed
from core.routing.changing import Changing
from core.routing.live import Live, LiveRules
from core.routing.reloading import NotificationFiles
from core.routing.rule import Rule
from core.routing.views import meets, shown
from storage import channels, cooldowns, people, rules
from storage.criterion import Criterion
from storage.database import Connection, Database


class Rules:
    """What can be asked of the rules of a home. `files` are those that its files have."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, files: NotificationFiles) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._files = files
        self._live = LiveRules(lambda: files.configuration)  # asked outside of the dispatcher's transactions
        self._audit = Audit(database, clock)

    async def page(self, caller: Caller, query: ListQuery) -> Page[ShownRule]:
        """The rules in the order in which they are asked: those of the files, then those that were added."""
        limit = paging.one_more(query)
        criteria = parse(query.filter, RULE_FIELDS, self._clock.now(), caller.zone)

        def unit(connection: Connection) -> Page[ShownRule]:
            live = self._live.current(connection)
            found, place = _next(connection, caller, live, criteria, query.cursor, limit)
            return Page(self._shown(connection, found[: query.limit]), place if len(found) == limit else None)

        return await self._database.read(unit)

    async def show(self, caller: Caller, name: str) -> ShownRule:
        def unit(connection: Connection) -> ShownRule:
            rule = next((one for one in self._live.current(connection).rules.rules if one.id == name), None)
            if rule is None or not _sees(caller, rule):
                raise NotFoundError(f"There is no rule {quoted(name)}.")
            return self._shown(connection, [rule])[0]

        return await self._database.read(unit)

    async def add(self, caller: Caller, new: NewRule) -> ShownRule:
        return await self._audit.attempt(
            caller, "rule.add", new.id or "", lambda connection: self._changing(connection, caller).add(new)
        )

    async def change(self, caller: Caller, name: str, change: RuleChange) -> ShownRule:
        return await self._audit.attempt(
            caller,
            "rule.change",
            name,
            lambda connection: self._changing(connection, caller).change(name, change),
        )

    async def delete(self, caller: Caller, name: str) -> Done:
        return await self._audit.attempt(
            caller, "rule.delete", name, lambda connection: self._changing(connection, caller).delete(name)
        )

    async def import_(self, caller: Caller, wanted: RuleImport) -> RuleImported:
        return await self._audit.attempt(
            caller, "rule.import", "", lambda connection: self._changing(connection, caller).import_(wanted)
        )

    async def problems(self, caller: Caller) -> RuleProblems:
        """What is wrong in the home's files, and with rules that were added, for those who could mend it."""
        if not caller.may(Permission.CHANNELS_MANAGE):
            return RuleProblems([])
        live = await self._database.read(self._live.current)
        return RuleProblems([*self._files.problems, *live.problems])

    async def reload(self, caller: Caller) -> RuleProblems:
        """Read the home's files again, and say what is wrong with them."""
        await self._files.reload(caller)
        return await self.problems(caller)

    async def explain(self, caller: Caller, asked: Explaining) -> Explanation:
        now = self._clock.now()
        return await self._database.read(
            lambda connection: explained(connection, caller, self._live.current(connection), asked, now)
        )

    async def preview(self, caller: Caller, asked: Previewing) -> Preview:
        return await self._database.read(lambda connection: previewed(connection, caller, asked))

    def _changing(self, connection: Connection, caller: Caller) -> Changing:
        return Changing(connection, caller, self._clock.now(), self._entropy, self._files.configuration.rules)

    def _shown(self, connection: Connection, found: Sequence[Rule]) -> list[ShownRule]:
        names = [rule.id for rule in found]
        rows = {row.id: row for row in rules.of_ids(connection, names)}
        fired = {row.rule_id: row for row in cooldowns.of_rules(connection, names) if not row.scope}
        known = {row.name for row in channels.present(connection)}
        now = self._clock.now()
        return [
            shown(rule, None if rule.source == "file" else rows.get(rule.id), fired.get(rule.id), known, now)
            for rule in found
        ]


def _next(
    connection: Connection,
    caller: Caller,
    live: Live,
    criteria: Sequence[Criterion],
    cursor: str | None,
    limit: int,
) -> tuple[list[Rule], str]:
    """So many of the rules after the cursor that the caller sees and asks for, and the cursor after all but the
    last of them."""
    every = live.rules.rules
    slugs = people.slugs(connection, {rule.workspace for rule in every if rule.workspace is not None})
    found: list[Rule] = []
    place = ""
    for number in range(_after(every, cursor), len(every)):
        rule = every[number]
        slug = None if rule.workspace is None else slugs.get(rule.workspace)
        if _sees(caller, rule) and meets(rule, slug, criteria):
            found.append(rule)
            if len(found) == limit:
                break
            place = f"{number}.{rule.id}"
    return found, place


def _after(every: Sequence[Rule], cursor: str | None) -> int:
    """Where the page begins: after the rule that ended the one before, wherever it stands by now."""
    if cursor is None:
        return 0
    number, _, name = cursor.partition(".")
    before = paging.number(number)
    if before < len(every) and every[before].id == name:
        return before + 1
    return next((place + 1 for place, rule in enumerate(every) if rule.id == name), min(before, len(every)))


def _sees(caller: Caller, rule: Rule) -> bool:
    return rule.workspace is None or caller.sees(rule.workspace)
