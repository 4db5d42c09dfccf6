"""The questions of a quiz: how each is answered, and whether it can be."""

from collections.abc import Sequence

from bot.domain.homework import Question, QuestionKind
from bot.domain.messages import Localised
from rules.complaints import Complaints
from rules.homework_shapes import HomeworkShape, QuestionShape
from rules.nodes import ListNode, MapNode, Node, Place, find, is_empty

ANSWERS = ("options", "fill", "order")
"""The keys of which one says how a question is answered."""


def questions_of(shape: HomeworkShape, homework: MapNode, complaints: Complaints) -> tuple[Question, ...]:
    """They count only if nothing was complained about."""
    nodes = [find(homework, ("questions", number)).node for number in range(len(shape.questions))]
    made: list[Question] = []
    for number, (question, node) in enumerate(zip(shape.questions, nodes, strict=True), start=1):
        _refuse_empty(node, complaints)
        _check_answer(question, node, complaints)
        _check_right(question, node, complaints)
        _check_different("options", question.options or (), node, complaints)
        _check_different("order", question.order or (), node, complaints)
        if question.covers and shape.covers and question.covers not in shape.covers:
            complaints.unknown(find(node, ("covers",)).node, question.covers, shape.covers, name="covers")
        one = _question(question, node, number)
        if one.id in [other.id for other in made]:
            complaints.add(find(node, ("id",)).node, "problem.twice", name="id", value=one.id)
        made.append(one)
    return tuple(made)


def _refuse_empty(node: Node, complaints: Complaints) -> None:
    """A key with nothing behind it: it can't have been meant as if it were not there."""
    for name in (*ANSWERS, "right"):
        said = node.get(name) if isinstance(node, MapNode) else None
        if said and is_empty(said):
            complaints.add(said, "problem.empty", name=name)


def _check_answer(question: QuestionShape, node: Node, complaints: Complaints) -> None:
    """Exactly one way to answer it; what is right is said of options alone."""
    said = [name for name in ANSWERS if getattr(question, name) is not None]
    if not said:
        complaints.add(node, "problem.no_answer", known=", ".join(ANSWERS))
    for name in said[1:]:
        complaints.add(_key(node, name), "problem.second_answer", first=said[0], second=name)
    if question.options is not None and question.right is None:
        complaints.add(node, "problem.missing_key", key="right")
    if question.options is None and question.right is not None and said:
        complaints.add(_key(node, "right"), "problem.useless_key", key="right", beside=said[0])


def _check_right(question: QuestionShape, node: Node, complaints: Complaints) -> None:
    options, right = question.options or (), question.right or ()
    for number, option in enumerate(right):
        at = find(node, ("right", number)).node
        if option > len(options) > 0:
            complaints.add(at, "problem.no_such_option", option=option, last=len(options))
        elif option in right[:number]:
            complaints.add(at, "problem.twice", name="right", value=str(option))


def _check_different(name: str, options: Sequence[Localised], node: Node, complaints: Complaints) -> None:
    for number, option in enumerate(options):
        if option in options[:number]:
            at = find(node, (name, number)).node
            complaints.add(at, "problem.same_option", value=next(iter(option.by_language.values())))


def _question(question: QuestionShape, node: Node, number: int) -> Question:
    return Question(
        id=question.id or str(number),
        kind=_kind(question, node),
        text=question.ask,
        options=question.options or question.order or (),
        right=frozenset(option - 1 for option in question.right or ()),
        accepted=question.fill or (),
        because=question.because,
        covers=question.covers or "",
        points=question.points,
    )


def _kind(question: QuestionShape, node: Node) -> QuestionKind:
    """A list of what is right says that several may be chosen, even where it holds one."""
    if question.fill is not None:
        return "fill"
    if question.order is not None:
        return "order"
    return "multiple" if isinstance(node, MapNode) and isinstance(node.get("right"), ListNode) else "single"


def _key(node: Node, name: str) -> Place:
    """Where a key of a question stands."""
    return find(node, (name,)).key or node
