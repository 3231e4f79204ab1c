"""The answer of a rule: whether something may be done, and why not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason: one of the words of `rules`; empty when it may be done. sentence: the application's own words for it."""

    ok: bool
    reason: str
    sentence: str = ""

    @classmethod
    def yes(cls) -> Verdict:
        return cls(True, "")

    @classmethod
    def no(cls, reason: str, sentence: str = "") -> Verdict:
        return cls(False, reason, sentence)
