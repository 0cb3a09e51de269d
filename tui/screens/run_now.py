"""Running an automation now, from whatever screen: its parameters are asked for where it has any."""

from collections.abc import Sequence

from core.api import automations, workflows
from core.api.automations import Automation, RunRequest
from core.api.workflows import Parameter
from tui.drafts.automation import placeholders
from tui.screens.place import Place
from tui.widgets.run_panel import RunPanel, typed_for


async def prepare(place: Place, one: Automation) -> None:
    """Ask for its parameters first, where it has any."""
    wanted: Sequence[Parameter]
    if one.workflow:
        wanted = (await place.desk.source.send(workflows.workflow(one.workspace, one.workflow))).parameters
    else:
        wanted = placeholders(one.prompt or "")
    if not wanted:
        await run(place, one, RunRequest())
    elif not place.query(RunPanel):
        await place.mount(RunPanel(one, wanted, place.desk.drafts))


async def run(place: Place, one: Automation, request: RunRequest) -> None:
    """Run it, and say what came of that. What was typed for it is kept until then."""
    begun = await place.desk.source.send(automations.run(one.id, request))
    drafts = place.desk.drafts
    for key in [key for key in drafts if key.startswith(typed_for(one.id))]:
        del drafts[key]
    if begun.outcome is None and begun.session is not None:
        place.flash(f"It runs: session {begun.session}, execution {begun.id}")
    else:
        place.flash(begun.reason or f"Execution {begun.id}: {begun.outcome or 'it runs'}", "trouble")
