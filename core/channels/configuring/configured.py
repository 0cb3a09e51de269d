"""A channel as a configuration names it, before its settings have been read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.api.channels import ChannelSource, ChannelType
from core.channels.configuring.places import Place, dotted


@dataclass(frozen=True, slots=True)
class ConfiguredChannel:
    """`settings` are as they were written: references to variables unresolved, literal secrets in them. `place`
    says a path below the channel; the empty one is the channel's own place."""

    name: str
    type: ChannelType
    settings: Mapping[str, object] = field(repr=False)
    source: ChannelSource = "api"
    place: Place = dotted
