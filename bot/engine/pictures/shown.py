"""What all kinds of pictures have in common."""

import msgspec

from bot.engine.pictures.svg import render


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture shows. Each kind is one subclass with a tag of its own."""

    def svg(self) -> str:
        """Raises Undrawable."""
        raise NotImplementedError

    def png(self) -> bytes:
        """Raises Undrawable."""
        return render(self.svg())
