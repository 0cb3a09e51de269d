"""UX Enhancement, Edge Cases, Update Docs: the agent goes on with its own work, with one thing in mind."""

from typing import Final, Literal

from core.sessions.stages.ending import after_turn
from core.sessions.stages.work import StageEnd, Work

FollowUp = Literal["ux", "edge-cases", "docs"]

PROMPTS: Final[dict[FollowUp, str]] = {
    "ux": """\
Now look at what you have just made as the person who will use it.

Go through it step by step: what they see first, what they have to type or press, what they are told while they \
wait, when something is empty, when it fails, and when it is done. Mend what would make them stop and wonder: \
unclear words, missing feedback, steps that could be left out, and whatever is unlike the rest of the \
program. Check \
that it can be used with the keyboard, and in a small window, where that applies.

Change only what belongs to this task. Answer with what you changed and why; if nothing needed changing, \
say so.""",
    "edge-cases": """\
Now look for what you have not thought of.

List the edge cases of what you have just changed: nothing and very much; text that is long, empty, in another \
script, or not text at all; the same thing twice and at the same time; a failure in the middle; something \
missing, \
without permission, or slow; clocks, zones and roundings where they play a part. Try those that you can \
try. Then \
mend those that go wrong, without making the rest of the program more complicated than it has to be.

Answer with the list: each case, whether it was right already, and what you did about it.""",
    "docs": """\
Now bring the documentation up to date with what you have changed.

Look at the README, the files that explain the project, the help texts of commands, the comments that say how \
something works, examples, and the changelog where there is one. Correct what is no longer true, add what \
somebody \
needs in order to use the change, and keep the tone and length of what is there. Do not document what explains \
itself.

Answer with the files that you changed; if nothing had to be said, say so.""",
}


async def run(phase: FollowUp, work: Work) -> StageEnd:
    return after_turn(await work.turn(PROMPTS[phase], phase))
