"""What a level asks of each service, in words."""

from collections.abc import Mapping

from palier.kernel.modes import Service, services
from palier.kernel.ui import states
from palier.modules.continuity.rules.plan_document import LevelDocument


def measures_of(level: LevelDocument | None) -> list[dict[str, str]]:
    """What a level asks of each service, in words, in the order of the plans."""
    if level is None:
        return []
    return [_measure(one, level.services[one.key]) for one in services() if level.services.get(one.key)]


def _measure(service: Service, values: Mapping[str, str]) -> dict[str, str]:
    state = service.state_of(values).value
    detail = [
        f"{field.label} : {field.label_of(values[field.key])}".replace(" :", "\u00a0:")
        for field in service.fields
        if field.key in values
    ]
    return {
        "service": str(service.name),
        "state": state,
        "state_label": str(states.look(state).label),
        "detail": " ; ".join(detail),
    }
