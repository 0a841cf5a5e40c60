"""One word, one meaning: the glossary binds the code, the French and the English."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from palier.config import messages
from palier.kernel.workflow import Workflow

GLOSSARY = Path(__file__).resolve().parents[1] / "docs" / "glossary.toml"


@pytest.fixture(scope="module")
def terms() -> dict[str, dict[str, str]]:
    rows = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["term"]
    return {row["code"]: row for row in rows}


def own_models() -> list[type[models.Model]]:
    """The house's tables; those of the outbox and of other plumbing are no words of the trade."""
    return [one for one in apps.get_models() if one.__module__.startswith("palier.modules.")]


class TestTheGlossary:
    def test_says_each_word_once(self):
        rows = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))["term"]

        assert [code for code, count in Counter(row["code"] for row in rows).items() if count > 1] == []

    def test_is_complete_in_both_languages(self, terms):
        assert [code for code, row in terms.items() if not (row.get("fr") and row.get("en"))] == []

    def test_knows_every_model_of_the_modules(self, terms):
        assert sorted({one._meta.label for one in own_models()} - set(terms)) == []

    def test_knows_every_state_and_action_of_a_workflow(self, terms):
        words = set()
        for name, workflow in Workflow.registry.items():
            words |= {f"{name}.{word.value}" for word in (*workflow.states(), *workflow.table)}

        assert sorted(words - set(terms)) == []

    def test_agrees_with_the_catalogue(self, terms):
        """Where a screen uses the English word of a model as a label, its French begins as the glossary's does."""
        said = {
            one.id: one.string for one in messages.completed() if isinstance(one.id, str) and not one.context
        }
        models_said = {one._meta.label: terms[one._meta.label] for one in own_models()}
        differing = [
            (code, said[row["en"]], row["fr"])
            for code, row in models_said.items()
            if row["en"] in said and not row["fr"].casefold().startswith(said[row["en"]].casefold())
        ]

        assert differing == []
