"""The session is done at the end of this run."""

from core.sessions.stages.definition import CompleteStep
from core.sessions.stages.work import StageEnd, Work


def run_step(step: CompleteStep, work: Work) -> StageEnd:
    work.ask_to_complete(only_if_unchanged=step.only_if_no_changes)
    unless = ", unless files have changed" if step.only_if_no_changes else ""
    return StageEnd("passed", f"The session is done at the end of this run{unless}.")
