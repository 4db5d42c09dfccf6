"""Pictures that the community draws of what it knows: PNG by way of SVG, with a font of our own, without a network.

A picture is drawn by a job (`bot/engine/drawing.py`), never in a transaction.
"""

from bot.engine.pictures.font import Undrawable, drawable, fitted, width
from bot.engine.pictures.kinds import Picture, read, stored
from bot.engine.pictures.svg import render

__all__ = ["Picture", "Undrawable", "drawable", "fitted", "read", "render", "stored", "width"]
