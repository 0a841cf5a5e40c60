"""Watch over a district: what is noted, followed and closed."""

from datetime import timedelta

import pytest

from palier.kernel.errors import NotAllowed, NotFound, TransitionRefused
from palier.kernel.models import new_id
from palier.kernel.wording import UnfitWording
from palier.modules.estate.models import District
from palier.modules.estate.tests.factories import make_residence
from palier.modules.referrals.models import Observation, Referral
from palier.modules.referrals.selectors import watch
from palier.modules.referrals.services import observing
from palier.modules.referrals.tests.factories import AT, somebody, with_rights

pytestmark = pytest.mark.django_db


def a_district():
    district = District.objects.create(code="QP011901", name="Centre")
    make_residence(district=district, city="Narbonne")
    return district


def noted(**fields):
    return observing.note_observation(
        **{
            "kind": "schooling",
            "observed_on": AT.date(),
            "seen": "Une dizaine d’enfants sans ordinateur au bâtiment B",
            "people_count": 10,
            "by": somebody(),
            "at": AT,
            **fields,
        }
    )


class TestNoteObservation:
    def test_belongs_to_the_district_of_its_residence(self, alpha):
        district = a_district()
        residence = make_residence(district=district)

        assert noted(residence_id=residence.pk).district_id == district.pk

    def test_is_noted_once_for_one_form(self, alpha):
        key, district = new_id(), a_district()

        first = noted(district_id=district.pk, form_key=key)

        assert noted(district_id=district.pk, form_key=key).pk == first.pk
        assert Observation.objects.count() == 1

    def test_refuses_what_is_nowhere_tomorrow_or_unfit(self, alpha):
        district = a_district()

        with pytest.raises(observing.NowhereObserved):
            noted()
        with pytest.raises(observing.ObservedTomorrow):
            noted(district_id=district.pk, observed_on=AT.date() + timedelta(days=1))
        with pytest.raises(UnfitWording):
            noted(district_id=district.pk, seen="Des familles roms")
        with pytest.raises(NotFound):
            noted(district_id=new_id())
        with pytest.raises(NotAllowed):
            noted(district_id=district.pk, by=with_rights("referrals:observation:view"))
        assert not Observation.objects.exists()


class TestFollowObservation:
    def test_opens_one_referral_that_names_nobody(self, alpha):
        observation = noted(district_id=a_district().pk)

        for _twice in range(2):
            observing.follow_observation(
                observation_id=observation.pk, kind="digital_or_school", urgency="normal",
                summary="Prêter dix tablettes", by=somebody(), at=AT,
            )  # fmt: skip

        referral = Referral.objects.get()
        assert (referral.person_id, referral.district_id, referral.source_id) == (
            None, observation.district_id, observation.pk,
        )  # fmt: skip
        observation.refresh_from_db()
        assert observation.state == "followed"

    def test_closes_and_stays_closed(self, alpha):
        observation = noted(district_id=a_district().pk)

        observing.close_observation(
            observation_id=observation.pk, note="Vu avec l’école", by=somebody(), at=AT
        )

        with pytest.raises(TransitionRefused):
            observing.close_observation(observation_id=observation.pk, note="", by=somebody(), at=AT)


class TestDistrictsWatched:
    def test_count_the_days_asked_for_and_no_other(self, alpha):
        district = a_district()
        noted(district_id=district.pk, observed_on=AT.date() - timedelta(days=29))
        noted(district_id=district.pk, observed_on=AT.date() - timedelta(days=30), people_count=400)

        watched = watch.districts_watched(actor=somebody(), on=AT.date(), days=30)

        assert [(one.observations, one.people) for one in watched] == [(1, 10)]

    def test_are_silent_where_nobody_wrote(self, alpha):
        a_district()

        assert [one.silent for one in watch.districts_watched(actor=somebody(), on=AT.date(), days=7)] == [
            True
        ]
