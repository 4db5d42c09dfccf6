"""rules.yaml: on which fact, under which condition, how often, what follows."""

from bot.domain.ids import Language, RuleId
from bot.domain.rules import Condition, Effect, Limit, Rule
from rules.complaints import Complaints
from rules.conditions import ConditionReader
from rules.entries import each
from rules.nodes import Entry, ListNode, MapNode, Node
from rules.reader import Document
from rules.schema import LimitShape, RuleShape
from rules.shapes import fit, fit_type, mapping
from rules.vocabulary import Vocabulary

RESERVED = ("conditions", "levels", "badges", "titles", "boards", "tests")
_READ_HERE = ("where", "then")


def rules_of(
    document: Document, complaints: Complaints, vocabulary: Vocabulary, language: Language
) -> tuple[Rule, ...]:
    """Every rule without a problem."""

    def make(entry: Entry, complaints: Complaints) -> Rule | None:
        return _RuleReader(vocabulary, language, complaints).rule(entry)

    return each(document, complaints, make, name="rules.yaml")


class _RuleReader:
    """Reads one rule."""

    def __init__(self, vocabulary: Vocabulary, language: Language, complaints: Complaints) -> None:
        self.vocabulary = vocabulary
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
        return Rule(
            id=RuleId(id), title=shape.title, when=shape.when, where=where, limit=_limit(shape.limit), then=then
        )

    def where(self, rule: MapNode) -> Condition | None:
        """Fields can be judged only where the kind of fact is known."""
        when, where = rule.get("when"), rule.get("where")
        kind = getattr(when, "value", None)
        fact = self.vocabulary.facts.get(kind) if isinstance(kind, str) else None
        if when and isinstance(kind, str) and fact is None:
            self.complaints.unknown(when, kind, self.vocabulary.facts, name="when")
        return ConditionReader(fact, self.complaints).read(where) if fact and where else None

    def then(self, rule: MapNode) -> tuple[Effect, ...]:
        then = rule.get("then")
        if then is None:
            self.complaints.add(rule, "problem.missing_key", key="then")
        elif not isinstance(then, ListNode):
            self.complaints.add(then, "problem.one_effect")
        elif not then.items:
            self.complaints.add(then, "problem.empty", name="then")
        else:
            effects = [effect for item in then.items if (effect := self.effect(item))]
            self.check_awards(then)
            return tuple(effects)
        return ()

    def effect(self, node: Node) -> Effect | None:
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
        return Effect(name=name, argument=argument)

    def check_awards(self, then: ListNode) -> None:
        """A rule pays one sum: a second one would go into the same ledger entry."""
        keys = [entry.key for item in then.items if isinstance(item, MapNode) for entry in item.entries.values()]
        for key in [key for key in keys if key.name == "award"][1:]:
            self.complaints.add(key, "problem.second_award")


def _limit(shape: LimitShape) -> Limit:
    return Limit(once_per=shape.once_per, points_per_day=shape.points_per_day, cool_down=shape.cool_down)
