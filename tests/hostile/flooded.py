"""A home with a real server, in which every text of the corpus is stored wherever a text can be stored."""

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from core.api import automations, channels, deliveries, events, filters, mutes, people, sessions
from core.api.automations import AutomationCreation
from core.api.channels import NewChannel
from core.api.deliveries import Sending
from core.api.events import EventRequest, NoticeRequest
from core.api.filters import SavedFilter, Saving
from core.api.mutes import Muting
from core.api.people import KeyCreation, PersonCreation, ProfileChange, WorkspaceCreation
from core.api.sessions import SessionCreation
from core.client import Client
from core.errors import InvalidError, TooLargeError
from core.text import clean, storable
from tests.hostile.corpus import CORPUS, Sample
from tests.terminal import clean_environment

WORKSPACE = "default"

_DAY = 86_400_000
SENDABLE = [sample for sample in CORPUS if storable(sample.text) == sample.text or "\0" in sample.text]
"""What can be said in UTF-8. The others, lone surrogates, can only come as escapes."""


def tag(number: int) -> str:
    return f"n{number:03}"


def quoted(text: str) -> str:
    """As it is written between quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@dataclass
class Flooded:
    """The home, and what was refused on the way in: at which place, which text, in which words."""

    home: Path
    client: Client
    person: str
    refused: list[tuple[str, Sample, str]] = field(default_factory=list)

    @property
    def tags(self) -> list[str]:
        """What each notice's title begins with."""
        missing = {sample for place, sample, _ in self.refused if place == "notice"}
        return [tag(number) for number, sample in enumerate(SENDABLE) if sample not in missing]

    def environment(self, **more: str) -> dict[str, str]:
        folder = str(self.home.parent)
        return clean_environment(HOME=folder, CALLBOARD_HOME=str(self.home), CALLBOARD_WORKSPACE=WORKSPACE) | more

    def raw(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Send bytes that no client of ours would send; answers the status and the answer."""
        connection = http.client.HTTPConnection("callboard")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        connection.sock.connect(str(self.home / "callboard.sock"))
        connection.request("POST", f"/api/v1{path}", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.status, response.read()
        connection.close()
        return answer

    def fill(self) -> None:
        """Send every text to every place but the sessions. Whatever is not taken must be refused in words."""
        self.client.send(channels.add_channel(NewChannel("desk", "desktop")))
        self._send(self._ways_in)
        self._name_and_mute()
        self.client.send(people.change_me(ProfileChange(display_name="\x1b]0;me\x07[/b]\u202e")))

    def run(self) -> None:
        """Make the sessions, which live no longer than their server."""
        self._print()
        self._send(self._ways_to_sessions)

    def _send(self, ways: Callable[[int, str], Iterator[tuple[str, Callable[[], object]]]]) -> None:
        for number, sample in enumerate(SENDABLE):
            for place, send in ways(number, sample.text):
                try:
                    send()
                except (InvalidError, TooLargeError) as error:
                    self.refused.append((place, sample, error.sentence))

    def _print(self) -> None:
        """A session that printed every text, and one that keeps all others waiting."""
        printed = self.home / "corpus"
        printed.write_bytes(b"\n".join(sample.text.encode("utf-8", "surrogatepass") for sample in CORPUS))
        for prompt in (f"cat {printed}", "sleep 600"):
            self.client.send(sessions.create_session(SessionCreation(WORKSPACE, prompt=prompt)))
        while self.client.send(sessions.session(2)).state != "running":
            time.sleep(0.02)

    def _name_and_mute(self) -> None:
        """Filters and mutes, as many as a menu may show: every so many texts, a saved one's name in one line."""
        texts = [sample.text[:40] for sample in SENDABLE if clean(sample.text).strip()][::16][:40]
        saved = [
            SavedFilter(f"{number} {clean(text)}"[:40], f'"{quoted(clean(text))}"')
            for number, text in enumerate(texts)
        ]
        self.client.send(filters.save(Saving([*saved, SavedFilter("plain", "is:unread")])))
        for text in texts:
            self.client.send(mutes.mute(Muting(f"person/{text}", workspace=WORKSPACE)))

    def _ways_in(self, number: int, text: str) -> Iterator[tuple[str, Callable[[], object]]]:
        send, name = self.client.send, tag(number)
        notice = NoticeRequest(self.person, f"{name} {text}", text, workspace=WORKSPACE)
        linked = msgspec.structs.replace(notice, title=text or "-", link=f"https://example.org/{text}")
        data = {"hookName": text, "error": text, text: [text]}
        event = EventRequest("hook:failed", data, recipients=[self.person], mission_id=text[:200] or None)
        yield "notice", lambda: send(events.notify(notice))
        yield "link", lambda: send(events.notify(linked))
        yield "event", lambda: send(events.post(WORKSPACE, event))
        yield "display name", lambda: send(people.add_person(PersonCreation(name, text)))
        yield "workspace", lambda: send(people.add_workspace(WorkspaceCreation(name, text)))
        automation = AutomationCreation(
            f"{name} {text}"[:200], WORKSPACE, "manual", prompt=text, parameters={text: text}, ticket=text[:200]
        )
        yield "automation", lambda: send(automations.create(automation))
        yield "key", lambda: send(people.revoke_key(send(people.create_key(KeyCreation(text))).id))
        if number % 9 == 0:
            pager = NewChannel(f"{name}-pager", "pagerduty", {"routingKey": "0" * 32, "source": text})
            yield "channel", lambda: send(channels.add_channel(pager))
        if number % 3 == 0:
            later = Sending("desk", f"{name} {text}", text, delay_ms=_DAY)
            yield "delivery", lambda: send(deliveries.send(WORKSPACE, later))
        if number % 5 == 0:  # these are of letters and digits only
            yield "event name", lambda: send(events.post(WORKSPACE, EventRequest(text)))
            yield "person name", lambda: send(people.add_person(PersonCreation(text)))

    def _ways_to_sessions(self, number: int, text: str) -> Iterator[tuple[str, Callable[[], object]]]:
        title = f"{tag(number)} {text}"[:200]
        session = SessionCreation(WORKSPACE, prompt=text, title=title, ticket=text[:200] or None)
        yield "session", lambda: self.client.send(sessions.create_session(session))


def fill(folder: Path) -> None:
    """Make a folder with a filled home, which has no server, and with what was refused on the way in."""
    home = folder / "home"
    home.mkdir(mode=0o700, parents=True)
    config = home / "config.toml"
    config.write_text('[database]\ndurability = "normal"\n[sessions]\nat_once = 1\n')
    config.chmod(0o600)
    with _served(home) as found:
        found.fill()
    refused = [(place, SENDABLE.index(sample), sentence) for place, sample, sentence in found.refused]
    (folder / "refused.json").write_bytes(msgspec.json.encode(refused))


@contextmanager
def flooded(filled: Path, folder: Path) -> Iterator[Flooded]:
    """A copy of the filled home with its server and its sessions, for as long as the block lasts."""
    shutil.copytree(filled / "home", folder / "home", ignore=shutil.ignore_patterns("*.sock", "*.lock"))
    refused = msgspec.json.decode((filled / "refused.json").read_bytes(), type=list[tuple[str, int, str]])
    with _served(folder / "home") as found:
        found.refused += [(place, SENDABLE[number], sentence) for place, number, sentence in refused]
        found.run()
        yield found


@contextmanager
def _served(home: Path) -> Iterator[Flooded]:
    command = [sys.executable, "-m", "core.serve", str(home)]
    environment = clean_environment(HOME=str(home.parent))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith(b"ready ")
            with Client(home / "callboard.sock") as client:
                yield Flooded(home, client, client.send(people.me()).name)
        finally:
            server.terminate()
