"""How social workers may meet people now, as the continuity plan in force says."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from palier.kernel.modes import modes_of
from palier.modules.estate import public as estate
from palier.modules.people import public as people
from palier.modules.support.enums import Meetings
from palier.modules.support.modes import SOCIAL_SUPPORT


def meetings_mode(*, person_ids: Iterable[UUID], at: datetime) -> dict[UUID, Meetings]:
    """Return, for each person, the mode of meetings where they live; the organisation's where no home is known.

    At most four queries, whatever the number of persons.
    """
    wanted = list(person_ids)
    homes = people.homes_of(wanted, on=localdate(at))
    whole = estate.organisation_place()
    residences = estate.places_of_residences({home.residence_id for home in homes.values()})
    places = {
        one: residences.get(homes[one].residence_id, whole) if one in homes else whole for one in wanted
    }
    answers = modes_of([SOCIAL_SUPPORT], list({place.ref: place for place in places.values()}.values()), at)
    return {
        one: Meetings(answers[SOCIAL_SUPPORT.key, place.ref].mode["meetings"])
        for one, place in places.items()
    }
