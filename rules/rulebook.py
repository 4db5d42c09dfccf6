"""rules.yaml: on which fact, under which condition, how often, what follows."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from bot.domain.ids import Language, RuleId
from bot.domain.messages import Localised
from bot.domain.placeholders import placeholders
from bot.domain.rules import Condition, Effect, FactKind, Honour, Limit, Rule
from rules.complaints import Complaints
from rules.conditions import ConditionReader
from rules.entries import each, flaws_by_key
from rules.fold import GRANT, REDEMPTION
from rules.nodes import Entry, Leaf, ListNode, MapNode, Node
from rules.reader import Document
from rules.schema import LimitShape, RuleShape
from rules.sections import SECTIONS, Sections, sections_of
from rules.shapes import fit, fit_type, mapping
from rules.vocabulary import AWARD, EffectKind, Vocabulary

RESERVED = ("boards", GRANT, REDEMPTION)
_READ_HERE = ("where", "then")


class Rulebook(NamedTuple):
    """All of rules.yaml but its tests."""

    rules: tuple[Rule, ...]
    sections: Sections


def rulebook_of(
    document: Document,
    complaints: Complaints,
    vocabulary: Vocabulary,
    language: Language,
    rewards: Collection[str] | None = (),
) -> Rulebook:
    """Every rule without a problem, and what rules refer to. `rewards`: all that rewards.yaml names; None: unknown."""
    for section, flaws in flaws_by_key(document).items():
        if section in SECTIONS and section != "tests":  # tests answer for themselves, where they are run
            for flaw in flaws:
                complaints.take(flaw, flaw.text)
    sections = sections_of(document.root, complaints, vocabulary, language)

    def make(entry: Entry, complaints: Complaints) -> Rule | None:
        return _RuleReader(vocabulary, sections, rewards, language, complaints).rule(entry)

    rules = each(document, complaints, make, name="rules.yaml", sections=SECTIONS)
    return Rulebook(rules, sections)


class _RuleReader:
    """Reads one rule."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        sections: Sections,
        rewards: Collection[str] | None,
        language: Language,
        complaints: Complaints,
    ) -> None:
        self.vocabulary = vocabulary
        self.sections = sections
        self.rewards = rewards
        self.language = language
        self.complaints = complaints

    def rule(self, entry: Entry) -> Rule | None:
        """What it returns counts only if nothing was complained about."""
        id = entry.key.name
        if id in RESERVED:
            self.complaints.add(entry.key, "problem.reserved_id", value=id)
            return None
        node = mapping(entry.node, self.complaints, name=id)
        if node is None:
            return None
        own = node.without(_READ_HERE)
        shape = fit(RuleShape, own, self.complaints, name=id, language=self.language, also=_READ_HERE)
        where, then = self.where(node), self.then(node)
        if shape is None:
            return None
        self.check_novelty(shape, node)
        self.check_points(shape.limit, then, node)
        return Rule(
            id=RuleId(id),
            title=shape.title,
            when=shape.when,
            where=where,
            limit=_limit(shape.limit),
            then=then,
            counts_as=shape.counts_as,
            shadow=shape.shadow,
        )

    def fact(self, rule: MapNode) -> FactKind | None:
        """The kind of fact that it acts on, where that is known."""
        kind = getattr(rule.get("when"), "value", None)
        return self.vocabulary.facts.get(kind) if isinstance(kind, str) else None

    def where(self, rule: MapNode) -> Condition | None:
        """Fields can be judged only where the kind of fact is known."""
        when, where = rule.get("when"), rule.get("where")
        kind, fact = getattr(when, "value", None), self.fact(rule)
        if when and isinstance(kind, str) and fact is None:
            self.complaints.unknown(when, kind, self.vocabulary.facts, name="when")
        if not (fact and where):
            return None
        return ConditionReader(fact, self.complaints, self.sections.conditions).read(where)

    def check_novelty(self, shape: RuleShape, rule: MapNode) -> None:
        """Only what has a text can be new."""
        fact = self.vocabulary.facts.get(shape.when)
        limit = rule.get("limit")
        if shape.limit.novelty and fact and not fact.has_text and isinstance(limit, MapNode):
            with_text = [kind.name for kind in self.vocabulary.facts.values() if kind.has_text]
            key = limit.entries["novelty"].key
            self.complaints.add(key, "problem.no_text", fact=fact.name, known=", ".join(with_text))

    def check_points(self, limit: LimitShape, then: Sequence[Effect], rule: MapNode) -> None:
        """What gives more at once than it may give in all would never give anything."""
        award = next((effect.argument for effect in then if effect.name == AWARD), None) or 0
        for name in ("points_per_day", "points_per_week"):
            most, node = getattr(limit, name), rule.get("limit")
            if most is not None and most < award and isinstance(node, MapNode):
                at = node.entries[name].node
                self.complaints.add(at, "problem.limit_below_award", name=name, limit=most, award=award)

    def then(self, rule: MapNode) -> tuple[Effect, ...]:
        then = rule.get("then")
        if then is None:
            self.complaints.add(rule, "problem.missing_key", key="then")
        elif not isinstance(then, ListNode):
            self.complaints.add(then, "problem.one_effect")
        elif not then.items:
            self.complaints.add(then, "problem.empty", name="then")
        else:
            fact = self.fact(rule)
            effects = [effect for item in then.items if (effect := self.effect(item, fact))]
            self.check_awards(then)
            return tuple(effects)
        return ()

    def effect(self, node: Node, fact: FactKind | None) -> Effect | None:
        if not isinstance(node, MapNode) or len(node.entries) != 1:
            self.complaints.add(node, "problem.one_effect")
            return None
        (entry,) = node.entries.values()
        name = entry.key.name
        kind = self.vocabulary.effects.get(name)
        if kind is None:
            self.complaints.unknown(entry.key, name, self.vocabulary.effects, name="then")
            return None
        argument = fit_type(kind.adapter, kind.argument, entry.node, self.complaints, name=name, language=self.language)
        if fact and fact.name in kind.not_on:
            self.complaints.add(entry.key, "problem.effect_of_itself", name=name, fact=fact.name)
        if kind.names == "rewards":
            self.check_reward(entry)
        elif kind.names and argument is not None:
            self.check_honour(kind, entry)
        if fact and isinstance(argument, Localised):
            self.check_placeholders(entry, [*kind.shows, *fact.fields], fact)
        return Effect(name=name, argument=argument)

    def check_honour(self, kind: EffectKind, entry: Entry) -> None:
        """The badge or title that is given must be one of the course's."""
        known = self.sections.badges if kind.names == "badges" else self.sections.titles
        node = entry.node.get("name") if isinstance(entry.node, MapNode) else entry.node
        if isinstance(node, Leaf) and node.value not in known:
            self.complaints.unknown(node, str(node.value), known, name=kind.name)
        elif isinstance(node, Leaf) and kind.names == "titles":
            self.check_ends(known[str(node.value)], node, entry)

    def check_reward(self, entry: Entry) -> None:
        """One that is off is named well all the same: its own file says what is wrong with it."""
        node = entry.node
        if self.rewards is None or not isinstance(node, Leaf) or node.value in self.rewards:
            return
        if self.rewards:
            self.complaints.unknown(node, str(node.value), self.rewards, name=entry.key.name)
        else:
            self.complaints.add(node, "problem.no_rewards")

    def check_ends(self, title: Honour, node: Leaf, entry: Entry) -> None:
        """A title without an end would be a badge."""
        says = entry.node.entries if isinstance(entry.node, MapNode) else {}
        if title.lasts is None and not ({"lasts", "until"} & says.keys()):
            self.complaints.add(node, "problem.no_end", value=title.id)

    def check_placeholders(self, entry: Entry, known: Sequence[str], fact: FactKind) -> None:
        """A text may ask for what the effect shows, and for the fields of the fact."""
        texts = entry.node.entries.values() if isinstance(entry.node, MapNode) else [entry]
        for _, node in texts:
            for asked in placeholders(str(node.value)) if isinstance(node, Leaf) else ():
                if asked not in known:
                    self.complaints.unknown(node, asked, known, id="problem.unknown_placeholder", fact=fact.name)

    def check_awards(self, then: ListNode) -> None:
        """A rule pays one sum: a second one would go into the same ledger entry."""
        keys = [entry.key for item in then.items if isinstance(item, MapNode) for entry in item.entries.values()]
        for key in [key for key in keys if key.name == AWARD][1:]:
            self.complaints.add(key, "problem.second_award")


def _limit(shape: LimitShape) -> Limit:
    return Limit(
        once_per=shape.once_per,
        points_per_day=shape.points_per_day,
        points_per_week=shape.points_per_week,
        cool_down=shape.cool_down,
        novelty=shape.novelty,
    )
