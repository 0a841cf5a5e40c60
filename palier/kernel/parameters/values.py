"""The value of a parameter on a day, the organisation's own word first."""

from datetime import date

from palier.kernel.parameters.registry import UnknownParameter, Value, parameter


def value_of(key: str, *, on: date) -> Value:
    """Return the value in force on the date of the act.

    One query for an adjustable parameter, none for the others.
    Raises: UnknownParameter, also when the parameter has no value on that day.
    """
    known = parameter(key)
    if known.adjustable:
        from palier.kernel.parameters.models import ParameterOverride

        own = ParameterOverride.objects.holding_on(on).filter(key=key).first()
        if own is not None:
            return known.from_json(own.value)
    dated = known.dated_on(on)
    if dated is None:
        raise UnknownParameter(f"{key} on {on}")
    return dated.value
