"""The screens of channels and deliveries, with hostile text in every field that a server can send."""

from pathlib import Path

from core.api.channels import ChannelTest
from core.api.deliveries import Attempt
from core.clock import ManualClock, from_datetime
from tests.fakes.channels import NOW, FakeChannels, channel, delivery
from tests.hostile.corpus import CORPUS
from tests.hostile.flooded import Flooded
from tests.hostile.test_screens import SIZES, app
from tests.terminal import Manner, Terminal, foreign
from tests.tui.outgoing import Outgoing, outgoing

SOME = [sample.text for sample in CORPUS if sample.text and not sample.text.isprintable()][::50]


def hostile() -> FakeChannels:
    """A channel and a delivery for each text, which is in all of its fields."""
    channels, deliveries, attempts, data = [], [], {}, {}
    for number, text in enumerate(SOME, 1):
        settings = {"webhookUrl": text, text: text, "headers": {text: text}, "to": [text]}
        channels.append(
            channel(
                f"c{number:03} {text}",
                state=("working", "paused", "broken")[number % 3],
                reason=text,
                last_error=text,
                place=text,
                settings=settings,
            )
        )
        one = delivery(
            number,
            f"d{number:03} {text}",
            body=text,
            status=("failed", "pending", "dropped")[number % 3],
            error=text,
            reason=text,
            sender=text,
            channel=text,
            channel_type=text,
            rule_id=text,
            rule_name=text + "x",
            event=text,
            workspace=text,
        )
        deliveries.append(one)
        attempts[one.id] = [Attempt(1, NOW, 3, text, text), Attempt(2, NOW, None, "sent", text)]
        data[one.id] = b'{"x": "\xc2\x9b31m\xe2\x80\xae"}'
    fake = FakeChannels(ManualClock(from_datetime(NOW)), channels, deliveries)
    fake.attempts, fake.data = attempts, data
    return fake


def harmless(it: Outgoing) -> None:
    assert foreign(f"{it.text}\n".encode("utf-8", "surrogatepass"), Manner.PIPE) == []
    assert "(cannot display)" not in it.text


async def test_lists_texts_and_forms_show_only_clean_text(clock: ManualClock, tmp_path: Path) -> None:
    fake = hostile()
    fake.clock = clock
    async with outgoing(clock, tmp_path, "C", fake=fake) as it:
        await it.see("c001")
        for number, text in enumerate(SOME):
            fake.result = ChannelTest("", False, text)
            if number % 4 == 0:
                await it.press("t", "r", "enter")
                await it.pilot.pause()
                harmless(it)
                await it.press("escape", "S")
                await it.pilot.pause()
                harmless(it)
                await it.press("escape", "e")
                await it.pilot.pause()
                harmless(it)
                await it.press("escape", "d", "escape", "y", "j")
            harmless(it)
        await it.press("O")
        await it.see("Pending")
        for _ in SOME[::4]:
            await it.press("enter")
            await it.pilot.pause()
            harmless(it)
            await it.press("tab", "G", "escape", "pagedown")
            harmless(it)


def paged(terminal: Terminal, pages: int) -> None:
    for _ in range(pages):
        terminal.press("pagedown")
        terminal.settle(0.05)
        terminal.press("enter")
        terminal.wait_for(" › ")
        terminal.settle(0.05)
        terminal.press("escape")
        terminal.wait_gone(" › ")


@SIZES
def test_channels_and_deliveries_of_a_real_home(home: Flooded, size: tuple[int, int]) -> None:
    with app(home, size) as terminal:
        terminal.press("C")
        terminal.wait_for("last 14 days")
        terminal.settle()
        paged(terminal, 2)
        terminal.press("e")
        terminal.wait_for("Edit ›")
        terminal.press("escape")
        terminal.wait_gone("Edit ›")
        terminal.press("O")
        terminal.wait_for("[All]")
        terminal.settle()
        paged(terminal, 4)
        terminal.press("o")
        terminal.wait_for("Channel › desk")
