"""The kinds of fact that features to come will announce. Nothing else is here.

Rules may name them already, so that a course's rules can be written, and tested by `./homeroom check`, before there is
homework to hand in. A feature that announces one takes its line from here.
"""

from bot.engine.feature import Feature

feature = Feature("planned")

feature.fact(
    "homework.submitted",
    about="the homework",
    has_text=True,
    is_planned=True,
    homework="text",
    tier="text",
    late="yes_no",
    version="number",
    length="number",
)
feature.fact(
    "homework.graded",
    about="the homework",
    is_planned=True,
    homework="text",
    tier="text",
    score="number",
    late="yes_no",
)
feature.fact("homework.featured", about="the homework", is_planned=True, homework="text", tier="text")
feature.fact("question.asked", about="the question", has_text=True, is_planned=True, tag="text", lesson="text")
feature.fact("question.answered", about="the answer", has_text=True, is_planned=True, tag="text", hours="number")
feature.fact("question.accepted", about="the answer", is_planned=True, tag="text", hours="number")
feature.fact("contest.entered", about="the contest", is_planned=True, contest="text")
feature.fact("contest.won", about="the contest", is_planned=True, contest="text", place="number")
