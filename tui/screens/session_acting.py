"""What a person does to a session, from the list or on its own screen. The server decides, and says why not."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from core.api import sessions
from core.api.sessions import MergeRequest, MergeResult, RequestBinding, Resumption, Session, SessionDetail
from core.api.wire import Call
from core.text import clean
from tui.actions import Action
from tui.screens.place import Place
from tui.widgets.prompt_panel import PromptPanel
from tui.widgets.question import Answer, Question
from tui.words import sessions as said

_ENDED_BADLY = frozenset({"failed", "interrupted", "inconclusive", "cancelled"})
_MOST_FILES = 12


_SENSIBLE: Mapping[str, Callable[[Session], object]] = {
    "session-stop": lambda one: one.state in said.IN_FLIGHT,
    "session-resume": lambda one: one.can_resume,
    "session-complete": lambda one: one.state in ("waiting", "failed", "cancelled"),
    "session-merge": lambda one: one.branch,
    "session-request": lambda one: one.branch,
}


class SessionActing(Place):
    """A screen says which session its actions are for."""

    @property
    def session(self) -> Session | None:
        raise NotImplementedError

    def changed(self, now: SessionDetail) -> None:
        """The server answered with what the session is now."""

    def applies(self, action: Action) -> bool:
        """Only what makes sense now is offered; any other key says why it does not."""
        sensible = _SENSIBLE.get(action.id)
        if sensible is not None and (self.session is None or not sensible(self.session)):
            return False
        return super().applies(action)

    def put(self, asked: str, answers: Sequence[Answer], more: Sequence[str] = ()) -> None:
        """One question at a time."""
        if not self.query(Question):
            self.mount(Question(asked, answers, more=more))

    async def _send(self, call: Call[SessionDetail], words: str) -> None:
        now = await self.desk.source.send(call)
        self.changed(now)
        self.flash(words)

    # Its course

    def action_session_stop(self) -> None:
        one = self.session
        if one is None:
            return
        if one.state not in said.IN_FLIGHT:
            self.flash(f"“{said.title(one)}” is {one.state}: there is nothing to stop.", "trouble")
            return
        stop = partial(self._begin, sessions.stop(one.id), f"Stopping “{said.title(one)}”")
        self.put(
            f"Stop “{said.title(one)}”? What it has done so far stays.",
            [Answer("y", "stops it, with all that it started", stop), Answer("n", "lets it go on")],
        )

    def action_session_complete(self) -> None:
        one = self.session
        if one is not None:
            self._begin(sessions.complete(one.id), f"“{said.title(one)}” is called done")

    def action_session_resume(self) -> None:
        one = self.session
        if one is None:
            return
        if not one.can_resume:
            why = f"“{said.title(one)}” has nothing that could be resumed"
            self.flash(why + (": say what is next." if one.kind in said.TALKS else "."), "trouble")
            return
        self.start(self._ask_how_to_resume(one), opens=True)

    async def _ask_how_to_resume(self, one: Session) -> None:
        whole = await self.desk.source.send(sessions.session(one.id))
        bad = [stage for stage in whole.stages if stage.state in _ENDED_BADLY]
        resume = partial(self._begin, sessions.resume(one.id, Resumption()), f"“{said.title(one)}” goes on")
        if not bad:
            resume()
            return
        stage = said.stage_title(bad[-1])
        state = said.STAGES[bad[-1].state][1]
        skip = partial(
            self._begin,
            sessions.resume(one.id, Resumption(skip=True)),
            f"“{said.title(one)}” goes on without {stage}",
        )
        self.put(
            f"Resume “{said.title(one)}”? It ended in “{stage}”, which is {state}.",
            [
                Answer("r", f"does “{stage}” once more", resume),
                Answer("s", f"leaves “{stage}” out, and goes on after it", skip),
            ],
        )

    def _begin(self, call: Call[SessionDetail], words: str) -> None:
        self.start(self._send(call, words))

    # Its branch

    def action_session_merge(self) -> None:
        one = self.session
        if one is None:
            return
        if not one.branch:
            self.flash(f"“{said.title(one)}” has no branch of its own to merge.", "trouble")
            return
        self.put(
            f"Merge {said.branch(one)}?",
            [
                Answer("d", "tries it first, and changes nothing", partial(self._merge, one, dry_run=True)),
                Answer("y", "merges it", partial(self._merge, one, dry_run=False)),
            ],
        )

    def _merge(self, one: Session, *, dry_run: bool) -> None:
        self.start(self._merged(one, dry_run=dry_run))

    async def _merged(self, one: Session, *, dry_run: bool) -> None:
        self.flash("Trying the merge…" if dry_run else "Merging…")
        result = await self.desk.source.send(sessions.merge(one.id, MergeRequest(dry_run)))
        into = f"{clean(result.branch)} into {clean(result.base)}"
        if not result.merged:
            self._show_conflict(result, into)
        elif dry_run:
            self.key_bar.clear_flash()
            merge = partial(self._merge, one, dry_run=False)
            self.put(f"{into} would merge cleanly.", [Answer("y", "merges it", merge), Answer("n", "leaves it")])
        else:
            self.flash(f"Merged {into}" + (f" as {clean(result.commit)[:12]}" if result.commit else ""))

    def _show_conflict(self, result: MergeResult, into: str) -> None:
        self.key_bar.clear_flash()
        files = [f"  {clean(name)}" for name in result.files[:_MOST_FILES]]
        if len(result.files) > _MOST_FILES:
            files.append(f"  and {len(result.files) - _MOST_FILES} more")
        why = clean(result.detail) or f"there are conflicts in {said.plural(len(result.files), 'file')}."
        self.put(f"{into} cannot be merged: {why} Nothing was changed.", [Answer("n", "leaves it")], files)

    def action_session_request(self) -> None:
        one = self.session
        if one is None:
            return
        if one.pull_request:
            self.put(
                f"The pull request is {said.request(one)}.",
                [
                    Answer("y", "copies its address", partial(self._copy, "address", one.pull_request)),
                    Answer("u", "binds another one that is there", partial(self._ask_for_address, one)),
                ],
            )
            return
        opened = partial(
            self._begin,
            sessions.bind_request(one.id, RequestBinding(title=one.title or None)),
            "Opened a pull request",
        )
        self.put(
            f"A pull request for “{said.title(one)}”?",
            [
                Answer("g", "opens one with the gh program", opened),
                Answer("u", "binds one that is there, by its address", partial(self._ask_for_address, one)),
            ],
        )

    def _ask_for_address(self, one: Session) -> None:
        def bind(url: str) -> None:
            self._begin(sessions.bind_request(one.id, RequestBinding(url=url.strip())), "Bound the pull request")

        self.mount(PromptPanel("The address of the pull request", bind))

    # Copying

    def action_session_copy(self) -> None:
        one = self.session
        if one is None:
            return
        there = [
            ("b", "branch", one.branch),
            ("u", "address of the pull request", one.pull_request),
            ("f", "folder", one.workdir),
            ("l", "link", f"callboard:session/{one.id}"),
        ]
        self.put(
            "Copy what?",
            [
                Answer(key, f"the {what}: {clean(text)}", partial(self._copy, what, text))
                for key, what, text in there
                if text
            ],
        )

    def _copy(self, what: str, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.flash(f"Copied the {what}")
