"""Figures: each module says how it counts; the board, the reports and the federation read the same numbers.

@figure(key="continuity.tasks-overdue", label=_("Overdue tasks"), unit=_("tasks"), about="things")
def tasks_overdue(*, at: datetime) -> int: …
"""

from palier.kernel.figures.registry import Figure, FigureValue, figure, figures, values

__all__ = ["Figure", "FigureValue", "figure", "figures", "values"]
