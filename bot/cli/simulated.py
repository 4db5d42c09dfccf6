"""How the report on a simulated term is printed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bot.cli import Terminal
from bot.engine.degrade import text_width
from bot.simulation.outcome import Given
from bot.simulation.report import Homework, Participation, Report

_MOST_COLUMNS = 12  # for weeks; more are shown as their averages, several to a column
_MOST_DIFFERENCES = 20
_GAP = "  "


def print_report(terminal: Terminal, report: Report) -> None:
    for section in _sections(terminal, report):
        print("\n".join(section), end="\n\n", flush=True)


def print_storm(
    terminal: Terminal, report: Report, entries: int, missing: Counter[Given], added: Counter[Given]
) -> None:
    """What was done to the second run, and what it changed."""
    troubles = [terminal.text(f"simulate.trouble.{name}", count=count) for name, count in report.troubles.items()]
    terminal.say("simulate.storm", troubles=troubles)
    terminal.say("simulate.cpu", seconds=f"{report.cpu_seconds:.1f}", each=f"{report.microseconds_per_event:.0f}")
    if not (missing or added):
        terminal.say("simulate.no_difference", count=entries)
        return
    terminal.say("simulate.differences", count=missing.total() + added.total())
    lines = [(given, times, "-") for given, times in missing.items()] + [(g, n, "+") for g, n in added.items()]
    for given, times, sign in sorted(lines)[:_MOST_DIFFERENCES]:
        print(f"{sign} {times} × {given.member}  {given.rule}  {given.object}  {given.points:+d}")


def _sections(terminal: Terminal, report: Report) -> Iterator[Sequence[str]]:
    text = terminal.text
    yield [
        text(
            "simulate.title",
            course=report.course,
            weeks=report.weeks,
            students=report.students,
            assistants=report.assistants,
            seed=report.seed,
        )
    ]
    yield _by_week(terminal, "simulate.active", report.participation, lambda row: row.active)
    yield [
        *_by_week(terminal, "simulate.checked_in", report.participation, lambda row: row.checked_in),
        *_completed(terminal, report),
    ]
    yield [_answers(terminal, report)]
    if report.homework.versions:
        yield _homework(terminal, report.homework)
    yield _points(terminal, report)
    yield _boards(terminal, report)
    yield _rituals(terminal, report)
    yield _costs(terminal, report)


def _by_week(
    terminal: Terminal,
    title: str,
    participation: Sequence[Participation],
    rates: Callable[[Participation], Sequence[float]],
) -> list[str]:
    """Percentages, a row for each kind and a column for each week."""
    text = terminal.text
    blocks = _blocks(len(rates(participation[0])))
    rows = [["", text("simulate.students"), *(_name(block) for block in blocks)]]
    for row in participation:
        shares = [rates(row)[week] for week in range(len(rates(row)))]
        averages = [sum(shares[week] for week in block) / len(block) for block in blocks]
        rows.append([_kind(terminal, row.kind), str(row.students), *(f"{share:.0%}" for share in averages)])
    return [text(title), *aligned(rows)]


def _blocks(weeks: int) -> list[range]:
    size = -(-weeks // _MOST_COLUMNS)
    return [range(first, min(first + size, weeks)) for first in range(0, weeks, size)]


def _name(block: range) -> str:
    return str(block[0] + 1) if len(block) == 1 else f"{block[0] + 1}–{block[-1] + 1}"


def _kind(terminal: Terminal, kind: str | None) -> str:
    return terminal.text(f"simulate.kind.{kind or 'all'}")


def _completed(terminal: Terminal, report: Report) -> Iterator[str]:
    everybody = report.participation[-1]
    kinds = [f"{_kind(terminal, row.kind)} {row.regular}" for row in report.participation if row.kind]
    yield terminal.text("simulate.regular", count=everybody.regular, kinds=kinds)
    if everybody.completed is not None:
        kinds = [f"{_kind(terminal, row.kind)} {row.completed}" for row in report.participation if row.kind]
        yield terminal.text("simulate.completed", count=everybody.completed, kinds=kinds)


def _answers(terminal: Terminal, report: Report) -> str:
    answers = report.answers
    if answers.median_minutes is None or answers.p90_minutes is None:
        return terminal.text("simulate.no_answers", count=answers.questions)
    return terminal.text(
        "simulate.answers",
        count=answers.questions,
        answered=answers.answered,
        median=f"{answers.median_minutes:.0f}",
        p90=f"{answers.p90_minutes:.0f}",
    )


def _homework(terminal: Terminal, homework: Homework) -> list[str]:
    text = terminal.text
    columns = ("answers", "median", "p90", "in_time")
    rows = [["", *(text(f"simulate.pace.{column}") for column in columns)]]
    rows += [
        [one.name, str(one.answers), f"{one.median_hours:.1f}", f"{one.p90_hours:.1f}", f"{one.in_time}%"]
        for one in homework.paces
    ]
    head = text(
        "simulate.homework",
        handed_in=homework.handed_in,
        versions=homework.versions,
        late=homework.late,
        graded=homework.graded,
        returned=homework.returned,
        mean="–" if homework.mean_score is None else f"{homework.mean_score:.0f}",
        alike=homework.alike,
    )
    return [head, *aligned(rows)]


def _points(terminal: Terminal, report: Report) -> list[str]:
    text = terminal.text
    columns = ("least", "lower", "median", "upper", "most")
    rows = [["", *(text(f"simulate.points.{column}") for column in columns)]]
    rows += [
        [_kind(terminal, row.kind), *(f"{getattr(row, column):.0f}" for column in columns)] for row in report.points
    ]
    sums = [f"{text(f'simulate.category.{name}')} {points}" for name, points in report.categories.items()]
    return [text("simulate.points"), *aligned(rows), text("simulate.categories", sums=sums)]


def _boards(terminal: Terminal, report: Report) -> list[str]:
    lines = []
    for board, leaders in report.boards.items():
        places = [f"{name} {points}" for name, points in leaders]
        lines.append(terminal.text("simulate.board", board=terminal.text(f"board.{board}"), places=places))
    return lines


def _rituals(terminal: Terminal, report: Report) -> list[str]:
    columns = ("done", "late", "skipped", "failed")
    rows = [["", *(terminal.text(f"simulate.ritual.{column}") for column in columns)]]
    rows += [[row.ritual, *(str(getattr(row, column)) for column in columns)] for row in report.rituals]
    return [terminal.text("simulate.rituals"), *aligned(rows)]


def _costs(terminal: Terminal, report: Report) -> list[str]:
    events, text = report.events, terminal.text
    return [
        text(
            "simulate.events",
            students=events.by_students,
            others=events.by_others,
            mean=f"{events.per_student_and_day:.1f}",
            least=events.least_a_day,
        ),
        text("simulate.messages", count=events.messages, failed=events.set_aside),
        text("simulate.cpu", seconds=f"{report.cpu_seconds:.1f}", each=f"{report.microseconds_per_event:.0f}"),
        text("simulate.state", hash=report.state),
    ]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, numbers to the right. Chinese characters take two columns."""
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(
            _cell(cell, width, to_the_left=place == 0)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _cell(text: str, width: int, *, to_the_left: bool) -> str:
    gap = " " * (width - text_width(text))
    return text + gap if to_the_left else gap + text
