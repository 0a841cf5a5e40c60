"""Vacant dwellings taken for a purpose: carers near a hospital, relief of a shelter."""

from datetime import datetime, timedelta

from palier.config.demo.cast import Cast
from palier.config.demo.draws import stream
from palier.modules.estate import public as estate

PURPOSES = (
    ("carers", "Centre hospitalier", "Deux infirmières de renfort."),
    ("carers", "Centre hospitalier", ""),
    ("carers", "EHPAD du secteur", "Jusqu’à la fin du mois."),
    ("shelter", "Association d’hébergement", "Desserrement du foyer, convention en cours."),
    ("emergency", "Mairie", "Logement sinistré."),
)


def reserve_lots(cast: Cast, seed: int, at: datetime) -> None:
    """Reserve a few vacant dwellings, one for each purpose."""
    random = stream(seed, cast.spec.slug, "reservations")
    rows = estate.lots(estate.vacant_lot_ids(at=at))
    free = sorted(rows, key=lambda lot: rows[lot].code)
    by = cast.actor("clientele", "direction")
    for lot, (purpose, holder, note) in zip(random.sample(free, min(5, len(free))), PURPOSES, strict=False):
        estate.reserve(
            lot_id=lot,
            purpose=purpose,
            holder=holder,
            starts_at=at,
            ends_at=at + timedelta(days=60),
            note=note,
            by=by,
            at=at,
        )
