"""What is wrong with a rule.

RuleError
└── NoMatchError   an edit found nothing to change
"""

from __future__ import annotations


class RuleError(Exception):
    """A rule that cannot be taken, or cannot be applied to the answer that it met."""


class NoMatchError(RuleError):
    """A path that leads nowhere in the answer."""
