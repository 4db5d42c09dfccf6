"""What something was given for, in one short word that is never used twice. Pure.

`rule:RULE:DIGEST:ROUND:REWARD` by a rule; behind `gone:` where the award was taken back and the reward was out already;
`staff:DIGEST` by hand.
"""

import re
from hashlib import blake2b

from bot.domain.ids import MemberId, RuleId

GONE = "gone:"
_STAFF = "staff:"
_BY_RULE = re.compile(r"(?:gone:)?rule:([^:]+):")


def by_rule(rule: RuleId) -> str:
    """How each cause begins of what this rule gives."""
    return f"rule:{rule}:"


def of_award(who: MemberId, rule: RuleId, object: str) -> str:
    """How the cause begins of what this rule gives this member for this: short enough, whatever the object is."""
    return f"{by_rule(rule)}{_digest(f'{who} {object}')}:"


def of_staff(key: str) -> str:
    """Of what a member of staff gives by hand, in this event."""
    return f"{_STAFF}{_digest(key)}"


def is_of_staff(cause: str) -> bool:
    return cause.startswith(_STAFF)


def rule_of(cause: str) -> RuleId | None:
    """The rule that has given it; None where none has."""
    found = _BY_RULE.match(cause)
    return RuleId(found[1]) if found else None


def _digest(said: str) -> str:
    return blake2b(said.encode(), digest_size=12).hexdigest()
