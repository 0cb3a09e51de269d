"""The screens of channels and deliveries, with hostile text in every field that a server can send."""

from pathlib import Path

import pytest

from core.api.channels import ChannelTest
from core.api.deliveries import Attempt
from core.clock import ManualClock, from_datetime
from tests.fakes.channels import NOW, FakeChannels, channel, delivery
from tests.hostile.corpus import CORPUS
from tests.terminal import Manner, foreign
from tests.tui.outgoing import Outgoing, outgoing

SOME = [sample.text for sample in CORPUS if sample.text and not sample.text.isprintable()][::40]
SIZES = pytest.mark.parametrize("size", [(120, 30), (60, 20)], ids=["120x30", "60x20"])


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


@SIZES
async def test_lists_texts_and_forms_show_only_clean_text(
    clock: ManualClock, tmp_path: Path, size: tuple[int, int]
) -> None:
    fake = hostile()
    fake.clock = clock
    async with outgoing(clock, tmp_path, "C", fake=fake, size=size) as it:
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
