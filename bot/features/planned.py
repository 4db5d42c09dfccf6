"""The kinds of fact that features to come will announce. Nothing else is here.

Rules may name them already, so that a course's rules can be written, and tested by `./homeroom check`, before there are
answers to count. A feature that announces one takes its line from here.
"""

from bot.engine.feature import Feature

feature = Feature("planned")

feature.fact("question.asked", has_text=True, is_planned=True, tag="text", lesson="text")
feature.fact("question.answered", has_text=True, is_planned=True, tag="text", hours="number")
feature.fact("question.accepted", is_planned=True, tag="text", hours="number")
