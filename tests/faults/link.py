"""A link between phones and the server that holds, loses, doubles and reorders what is sent over it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Letter = TypeVar("Letter")


@dataclass
class Link(Generic[Letter]):
    """What is sent waits until it is delivered: once, twice, in another order, or never."""

    deliver: Callable[[Letter], None]
    chance: random.Random
    on_its_way: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.on_its_way.append(letter)

    def lose(self) -> None:
        if self.on_its_way:
            self.on_its_way.pop(self.chance.randrange(len(self.on_its_way)))

    def double(self) -> None:
        if self.on_its_way:
            self.on_its_way.append(self.chance.choice(self.on_its_way))

    def pass_on(self) -> None:
        """Delivers any one of those on their way."""
        if self.on_its_way:
            self.deliver(self.on_its_way.pop(self.chance.randrange(len(self.on_its_way))))

    def pass_on_all(self) -> None:
        while self.on_its_way:
            self.pass_on()
