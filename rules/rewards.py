"""rewards.yaml: what members get for points, how many there are, and how much may be spent in a month."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.ids import Language
from bot.domain.messages import Localised
from bot.domain.rewards import Kind, Once, Reward, Rewards
from bot.domain.rules import Honour, Level
from rules.complaints import Complaints
from rules.entries import check_short_id, made_of
from rules.fields import Words, as_tuple, course_text
from rules.nodes import Entry, Leaf, MapNode, Node, find
from rules.reader import Document
from rules.shapes import fit, mapping

SECTION = "rewards"
MAX_REWARDS = 50
LONGEST_TITLE = 60
"""Characters, in each language: it stands on a button."""
LONGEST_ABOUT = 500

_Points = Annotated[int, Field(ge=0, le=1_000_000)]
_Count = Annotated[int, Field(ge=1, le=100_000)]
_SomeLevels = Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]


class RewardShape(BaseModel):
    """One reward as it is written."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    title: Annotated[Localised, course_text(LONGEST_TITLE)]
    about: Annotated[Localised, course_text(LONGEST_ABOUT)] | None = None
    kind: Kind
    price: _Points = 0
    granted_only: bool = False
    stock: _Count | None = None
    once_per: Once | None = None
    per_month: _Count | None = None
    needs_approval: bool = False
    levels: Annotated[_SomeLevels, BeforeValidator(as_tuple, json_schema_input_type=Words | _SomeLevels)] = ()
    gives: Words | None = None


class RewardsShape(BaseModel):
    """All of rewards.yaml; each of the rewards is held against its own shape."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    budget: _Count | None = None
    rewards: dict[str, Any] | None = Field(default=None)


def rewards_of(
    root: Node,
    complaints: Complaints,
    levels: Sequence[Level],
    titles: Mapping[str, Honour],
    language: Language,
) -> Rewards:
    """Every reward without a problem; what is wrong with the file as a whole refuses it."""
    top = mapping(root, complaints, name="rewards.yaml")
    shape = fit(RewardsShape, top, complaints, name="rewards.yaml", language=language) if top else None
    if not (top and shape):
        return Rewards()
    section = top.get(SECTION)
    entries = list(section.entries.values()) if isinstance(section, MapNode) else []
    if len(entries) > MAX_REWARDS:
        complaints.add(entries[MAX_REWARDS].key, "problem.too_many", name=SECTION, most=MAX_REWARDS)

    def make(entry: Entry, complaints: Complaints) -> Reward | None:
        check_short_id(entry.key, complaints)
        shape = fit(RewardShape, entry.node, complaints, name=entry.key.name, language=language)
        if shape is None:
            return None
        _check_price(shape, entry, complaints)
        _check_stock(shape, entry, complaints)
        _check_title(shape, entry, titles, complaints)
        _check_levels(shape, entry, [level.id for level in levels], complaints)
        return _made(entry.key.name, shape)

    made = made_of(entries[:MAX_REWARDS], complaints.within(SECTION), make)
    return Rewards(budget=shape.budget, catalogue={reward.id: reward for reward in made})


def rewards_in(document: Document) -> tuple[str, ...]:
    """The ids of all rewards in the file, also of those that are off."""
    root = document.root
    section = root.get(SECTION) if isinstance(root, MapNode) else None
    return tuple(section.entries) if isinstance(section, MapNode) else ()


def _check_price(shape: RewardShape, entry: Entry, complaints: Complaints) -> None:
    """A reward without a price is a slip, unless it says that it is only given."""
    if shape.price and shape.granted_only:
        complaints.add(find(entry.node, ("price",)).node, "problem.price_of_granted")
    elif not shape.price and not shape.granted_only:
        at = find(entry.node, ("price",)).node if "price" in shape.model_fields_set else entry.key
        complaints.add(at, "problem.no_price", value=entry.key.name)


def _check_stock(shape: RewardShape, entry: Entry, complaints: Complaints) -> None:
    """Of codes there are as many as were put in."""
    if shape.kind == "code" and shape.stock is not None:
        complaints.add(find(entry.node, ("stock",)).node, "problem.stock_of_codes")


def _check_title(shape: RewardShape, entry: Entry, titles: Mapping[str, Honour], complaints: Complaints) -> None:
    """What it gives is a title of rules.yaml that ends by itself; other kinds give none."""
    at = find(entry.node, ("gives",)).node
    if shape.kind != "title":
        if shape.gives is not None:
            complaints.add(at, "problem.gives_no_title", value=shape.kind)
    elif shape.gives is None:
        complaints.add(entry.node, "problem.missing_key", key="gives")
    elif shape.gives not in titles:
        complaints.unknown(at, shape.gives, titles, name="gives")
    elif titles[shape.gives].lasts is None:
        complaints.add(at, "problem.title_without_end", value=shape.gives)


def _check_levels(shape: RewardShape, entry: Entry, known: Sequence[str], complaints: Complaints) -> None:
    for number, level in enumerate(shape.levels):
        if level not in known:
            node = find(entry.node, ("levels",)).node
            at = node if isinstance(node, Leaf) else find(entry.node, ("levels", number)).node
            complaints.unknown(at, level, known, name="levels")


def _made(id: str, shape: RewardShape) -> Reward:
    return Reward(
        id=id,
        title=shape.title,
        about=shape.about,
        kind=shape.kind,
        price=shape.price,
        stock=shape.stock,
        once_per=shape.once_per,
        per_month=shape.per_month,
        needs_approval=shape.needs_approval,
        levels=frozenset(shape.levels),
        gives=shape.gives or "",
    )
