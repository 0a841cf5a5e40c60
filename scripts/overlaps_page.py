"""Write docs/overlaps.md from docs/overlaps.toml; with --check, only say whether it is up to date."""

import sys
import tomllib
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
SOURCE, PAGE = DOCS / "overlaps.toml", DOCS / "overlaps.md"

HEAD = """# When decisions overlap

Several plans may be in force at once, on places that overlap, beside what the crisis cell decides. One rule
says how a service works then:

1. What is in force at a place is merged **field by field**, keeping the **most protective** value.
2. An **override** of the crisis cell beats the levels, in the fields that it names; between two overrides,
   the most protective wins. A new override of the same service on the same place replaces the former one.
3. A residence inherits from its agency, its commune and its department; everything, from the organisation.
4. A change never begins before it is recorded; what is recorded later replaces, from its beginning, what the
   same decision asked before. Lifting now cancels what was planned for later.
5. Nothing lifts by itself. Exercises are invisible.

The twenty cases below are played by the tests, on the rule alone and on the database. Hours run from the
first decision; fields that are not named are normal. This page is written by `scripts/overlaps_page.py`.
"""


def page(cases: list[dict[str, Any]]) -> str:
    """Return the page in Markdown."""
    return "\n".join([HEAD, *(_case(number, case) for number, case in enumerate(cases, start=1))])


def _case(number: int, case: dict[str, Any]) -> str:
    lines = [f"## {number}. {case['title']}", "", "| hour | decision | where | asks |", "|---|---|---|---|"]
    lines += [_event(event) for event in case["events"]]
    ask, answer = case["ask"], dict(case["answer"])
    decided_by = ", ".join(answer.pop("decided_by")) or "nobody"
    said = ", ".join(f"`{field}` = `{value}`" for field, value in answer.items()) or "as usual"
    known = f", as known at hour {ask['known_at']}" if "known_at" in ask else ""
    question = f"`{ask['service']}` at {ask['place']}, hour {ask['at']}{known}"
    lines += ["", f"**{question}: {said}** (decided by {decided_by})."]
    return "\n".join([*lines, "", case["why"], ""])


def _event(event: dict[str, Any]) -> str:
    kind = event["do"] + (" (exercise)" if event.get("exercise") else "")
    name = event.get("plan") or event.get("name")
    begins = f", from hour {event['begins']}" if "begins" in event else ""
    where = event.get("scope", "organisation") if event["do"] in ("activate", "override") else ""
    modes = event.get("modes") or ({event["service"]: event["values"]} if "values" in event else {})
    asks = "; ".join(
        f"{service}: " + ", ".join(f"`{field}` = `{value}`" for field, value in values.items())
        for service, values in modes.items()
    )
    return f"| {event['at']} | {kind} {name}{begins} | {where} | {asks} |"


def main() -> int:
    written = page(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["case"])
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == written else 1
    PAGE.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
