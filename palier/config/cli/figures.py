"""`palier figures show`: the figures of an organisation, now and before."""

from typing import Any

from django.utils import timezone

from palier.config.cli.framework import JSON, ORGANISATION, Options, Output, command, opened
from palier.kernel.figures.selectors import FigureCurve, figure_curves


@command("figures show", help="Print the figures of an organisation.", arguments=[ORGANISATION, JSON])
def show(options: Options, out: Output) -> None:
    """Count every figure now; nothing is written."""
    now = timezone.now()
    with opened(options.organisation) as organisation:
        curves = figure_curves(at=now)
    if options.json:
        out.json({"organisation": organisation.slug, "at": now, "figures": [_as_json(one) for one in curves]})
        return
    rows = [[one.figure.key, one.figure.label, one.value, one.figure.unit, one.before] for one in curves]
    out.table(["figure", "label", "value", "unit", "before"], rows, title=organisation.name)


def _as_json(one: FigureCurve) -> dict[str, Any]:
    """A figure as scripts read it; null where nothing can be said."""
    return {
        "key": one.figure.key,
        "label": str(one.figure.label),
        "unit": str(one.figure.unit),
        "about": one.figure.about,
        "value": one.value,
        "before": one.before,
    }
