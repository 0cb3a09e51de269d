"""Rules, over HTTP."""

from core.api.rules import (
    Explaining,
    Explanation,
    NewRule,
    Preview,
    Previewing,
    Rule,
    RuleChange,
    RuleImport,
    RuleImported,
    RuleProblems,
)
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.routing.service import Rules


def endpoints(rules: Rules) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Rule]:
        return await rules.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Rule:
        return await rules.show(asked.caller, asked.path["rule"])

    async def add(asked: Asked[None, NewRule]) -> Rule:
        return await rules.add(asked.caller, asked.body)

    async def change(asked: Asked[None, RuleChange]) -> Rule:
        return await rules.change(asked.caller, asked.path["rule"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await rules.delete(asked.caller, asked.path["rule"])

    async def import_(asked: Asked[None, RuleImport]) -> RuleImported:
        return await rules.import_(asked.caller, asked.body)

    async def problems(asked: Asked[None, None]) -> RuleProblems:
        return await rules.problems(asked.caller)

    async def reload(asked: Asked[None, None]) -> RuleProblems:
        return await rules.reload(asked.caller)

    async def explain(asked: Asked[None, Explaining]) -> Explanation:
        return await rules.explain(asked.caller, asked.body)

    async def preview(asked: Asked[None, Previewing]) -> Preview:
        return await rules.preview(asked.caller, asked.body)

    return [
        Endpoint(
            "GET", "/rules", "The rules, in the order in which they are asked", page, Page[Rule], query=ListQuery
        ),
        Endpoint("POST", "/rules", "Add a rule", add, Rule, body=NewRule, status=201),
        Endpoint("GET", "/rules/problems", "What is wrong with the rules and channels", problems, RuleProblems),
        Endpoint("POST", "/rules/import", "Add rules of a configuration", import_, RuleImported, body=RuleImport),
        Endpoint("POST", "/rules/reload", "Read the home's files again", reload, RuleProblems),
        Endpoint(
            "POST",
            "/rules/explain",
            "What each rule makes of an event, and why",
            explain,
            Explanation,
            body=Explaining,
        ),
        Endpoint(
            "POST",
            "/rules/preview",
            "What a rule would have sent of the latest events",
            preview,
            Preview,
            body=Previewing,
        ),
        Endpoint("GET", "/rules/{rule}", "One rule, and what became of it", show, Rule),
        Endpoint("PATCH", "/rules/{rule}", "Change an added rule", change, Rule, body=RuleChange),
        Endpoint("DELETE", "/rules/{rule}", "Delete an added rule", delete, Done),
    ]
