"""What a decision will do, in numbers, before anyone confirms it. Reads only.

The same numbers are computed again inside the transaction that confirms: if they differ, the decision is not
taken and the new ones are shown; if they agree, the lists that they count are kept with the decision.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.kernel.modes import (
    Mode,
    ModeChange,
    Place,
    PlaceRef,
    Service,
    SourceKind,
    merge,
    service,
    services,
    with_hypothesis,
)
from palier.kernel.places import CONTAINED_KINDS
from palier.kernel.previews import ModeStep, PreviewedAct, PreviewRequest, counted
from palier.modules.continuity.enums import StepKind
from palier.modules.continuity.models import Activation, ModeOverride, PlanVersion
from palier.modules.continuity.rules.plan_document import ActionCard, LevelDocument, staff_needed
from palier.modules.continuity.selectors.modes import changes_in_force
from palier.modules.estate import public as estate
from palier.modules.staff import public as staff

#: The words of the command's contract; null where no module answers yet.
CONTRACT_ACTS = ("calls", "appointments", "masks", "parked")
SUPPOSED = "supposed"


@dataclass(frozen=True)
class ServiceChange:
    """One service that will work otherwise, at the scope."""

    service: Service
    before: Mode
    after: Mode

    @property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """(field, before, after) as labels, for the fields that change."""
        return tuple(
            (str(one.label), str(one.label_of(self.before[one])), str(one.label_of(self.after[one])))
            for one in self.service.fields
            if self.before[one] != self.after[one]
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "service": self.service.key,
            "from": {"state": self.before.state.value, "fields": self.before.plain()},
            "to": {"state": self.after.state.value, "fields": self.after.plain()},
        }


@dataclass(frozen=True)
class Preview:
    """The numbers of one decision.

    `masked` are services that the level asks for but that stay as they are, because something more protective
    or an override already decides; `elsewhere` are services that this kind of scope cannot decide.
    """

    kind: StepKind
    version: PlanVersion | None
    level: LevelDocument | None
    former_level: str
    scope: Place
    effective_at: datetime
    changes: tuple[ServiceChange, ...]
    masked: tuple[Service, ...]
    elsewhere: tuple[Service, ...]
    cards: tuple[ActionCard, ...]
    notices: tuple[tuple[str, str], ...]
    residences: int
    posters: int
    staff: staff.PresenceNumbers
    acts: Mapping[str, PreviewedAct | None]

    @property
    def fingerprint(self) -> str:
        """Short name of these numbers: it changes as soon as one of them does."""
        said = {
            **self.as_json(),
            "kind": str(self.kind),
            "plan": self.version.sha256 if self.version else "",
            "level": self.level.code if self.level else "",
            "scope": list(self.scope.ref),
            "cards": [card.code for card in self.cards],
            "texts": self.notices,
            "lists": {key: list(act.frozen) for key, act in self.acts.items() if act},
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:20]

    def as_json(self) -> dict[str, Any]:
        """The shape that commands print and that the decision keeps."""
        return {
            "changes": [one.as_json() for one in self.changes],
            "tasks": len(self.cards),
            "notices": len(self.notices),
            "posters": self.posters,
            "staff": {
                "needed": self.staff.needed,
                "present": self.staff.present,
                "absent": self.staff.absent,
                "unknown": self.staff.unknown,
            },
            **{key: _act_json(key, self.acts.get(key)) for key in CONTRACT_ACTS},
            **{key: _act_json(key, act) for key, act in self.acts.items() if key not in CONTRACT_ACTS},
        }

    def frozen(self) -> dict[str, Any]:
        """The lists counted above, on which the jobs of the decision act."""
        lists = {key: list(act.frozen) for key, act in self.acts.items() if act}
        return {
            "tasks": [card.code for card in self.cards],
            "notices": [list(one) for one in self.notices],
            **lists,
        }


def _act_json(key: str, act: PreviewedAct | None) -> Any:
    if act is None:
        return {"needed": None, "stock": None} if key == "masks" else None
    return dict(act.details) if act.details else act.count


def preview_level(
    *,
    version: PlanVersion,
    level: LevelDocument,
    scope: Place,
    at: datetime,
    activation: Activation | None = None,
) -> Preview:
    """Count what activating a level on a scope will do, or changing to it where one is active."""
    source = str(activation.pk) if activation else SUPPOSED
    supposed = [
        _supposed(source, key, values, scope.ref, at)
        for key, values in level.services.items()
        if values and _decides(scope.ref, key)
    ]
    opened = _cards_opened(activation)
    return _preview(
        kind=StepKind.CHANGE if activation else StepKind.ACTIVATE,
        version=version,
        level=level,
        former_level=activation.level if activation else "",
        scope=scope,
        at=at,
        source=(SourceKind.ACTIVATION, source),
        supposed=supposed,
        cards=tuple(card for card in level.tasks if card.code not in opened),
    )


def preview_lift(*, activation: Activation, scope: Place, at: datetime) -> Preview:
    """Count what lifting an activation will do."""
    return _preview(
        kind=StepKind.LIFT,
        version=activation.plan_version,
        level=None,
        former_level=activation.level,
        scope=scope,
        at=at,
        source=(SourceKind.ACTIVATION, str(activation.pk)),
        supposed=[],
        cards=(),
    )


def preview_extend(*, activation: Activation, scope: Place, at: datetime) -> Preview:
    """Say what extending does: no mode changes; the staff are those of today."""
    return _preview(
        kind=StepKind.EXTEND,
        version=activation.plan_version,
        level=None,
        former_level=activation.level,
        scope=scope,
        at=at,
        source=(SourceKind.ACTIVATION, SUPPOSED),
        supposed=[],
        cards=(),
    )


def preview_override(
    *, service: Service, values: Mapping[str, str], scope: Place, at: datetime, replaced: str = SUPPOSED
) -> Preview:
    """Count what an override of one service will do; no values: what lifting it will do."""
    changes = [_supposed(replaced, service.key, values, scope.ref, at, SourceKind.OVERRIDE)] if values else []
    return _preview(
        kind=StepKind.CHANGE,
        version=None,
        level=None,
        former_level="",
        scope=scope,
        at=at,
        source=(SourceKind.OVERRIDE, replaced),
        supposed=changes,
        cards=(),
    )


def preview_override_end(*, override: ModeOverride, scope: Place, at: datetime) -> Preview:
    """Count what ending an override will do: the levels in force decide again."""
    return preview_override(
        service=service(override.service), values={}, scope=scope, at=at, replaced=str(override.pk)
    )


def _preview(
    *,
    kind: StepKind,
    version: PlanVersion | None,
    level: LevelDocument | None,
    former_level: str,
    scope: Place,
    at: datetime,
    source: tuple[SourceKind, str],
    supposed: list[ModeChange],
    cards: tuple[ActionCard, ...],
) -> Preview:
    changes, masked = _mode_changes(scope, at, source, supposed)
    texts = level.notices if level else {}
    notices = tuple((language, channel) for language, one in texts.items() for channel in one.channels)
    size = estate.counts(place=scope)
    request = PreviewRequest(
        scope=scope,
        at=at,
        steps=tuple(ModeStep(one.service.key, one.before, one.after) for one in changes),
        level=level.code if level else "",
        texts={language: vars_of(one) for language, one in texts.items()},
    )
    return Preview(
        kind=kind,
        version=version,
        level=level,
        former_level=former_level,
        scope=scope,
        effective_at=at,
        changes=changes,
        masked=masked,
        elsewhere=_out_of_reach(level, scope),
        cards=cards,
        notices=notices,
        residences=size.residences,
        posters=size.residences * sum(channel == "poster" for _language, channel in notices),
        staff=staff.presence_numbers(place=scope, at=at, minimums=minimums_of(level, scope, size.dwellings)),
        acts=counted(request),
    )


def vars_of(notice: Any) -> dict[str, str]:
    return {name: getattr(notice, name) for name in notice.__dataclass_fields__}


def _mode_changes(
    scope: Place, at: datetime, source: tuple[SourceKind, str], supposed: list[ModeChange]
) -> tuple[tuple[ServiceChange, ...], tuple[Service, ...]]:
    """Merge what is in force with and without the decision; return what changes and what stays as it is."""
    declared = services()
    asked = changes_in_force(services=[one.key for one in declared], scopes=scope.scopes, at=at, known_at=at)
    after_all = with_hypothesis(
        [one for one in asked if (one.source_kind, one.source_id) != source], supposed
    )
    named = {one.service: one.values for one in supposed}
    changes, masked = [], []
    for one in declared:
        before = merge(one, scope, asked, at=at, known_at=at).mode
        after = merge(one, scope, after_all, at=at, known_at=at).mode
        if before != after:
            changes.append(ServiceChange(one, before, after))
        elif any(after[field] != value for field, value in named.get(one.key, {}).items()):
            masked.append(one)
    return tuple(changes), tuple(masked)


def _supposed(
    source: str,
    service: str,
    values: Mapping[str, str],
    scope: PlaceRef,
    at: datetime,
    kind: SourceKind = SourceKind.ACTIVATION,
) -> ModeChange:
    # Later than anything recorded: the order only serves to list contributions.
    return ModeChange(2**62, service, scope, kind, source, values, effective_at=at, recorded_at=at)


def decidable(scope: PlaceRef) -> frozenset[str]:
    """Return the services that a scope of this kind may decide."""
    return frozenset(one.key for one in services() if one.place_kind in CONTAINED_KINDS[scope.kind])


def _decides(scope: PlaceRef, service: str) -> bool:
    return service in decidable(scope)


def _out_of_reach(level: LevelDocument | None, scope: Place) -> tuple[Service, ...]:
    reach = decidable(scope.ref)
    named = level.services if level else {}
    return tuple(one for one in services() if one.key in named and one.key not in reach)


def _cards_opened(activation: Activation | None) -> frozenset[str]:
    if activation is None:
        return frozenset()
    lists = activation.steps.values_list("frozen", flat=True)
    return frozenset(code for one in lists for code in one.get("tasks", ()))


def minimums_of(level: LevelDocument | None, place: Place, dwellings: int) -> tuple[staff.Minimum, ...]:
    """What a level asks of the staff of a place with so many dwellings.

    Services that are decided for the whole organisation are staffed there, not in each agency.
    """
    reach = decidable(place.ref)
    needs: Iterable = level.staff.values() if level else ()
    return tuple(
        staff.Minimum(
            service=need.service,
            needed=staff_needed(need, dwellings) or 0,
            skill=need.skills[0] if need.skills else "",
        )
        for need in needs
        if need.service in reach
    )
