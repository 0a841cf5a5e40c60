"""The after-action review: facts frozen, comments added, proposals settled one at a time into a draft of the plan."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from palier.kernel.access import Actor
from palier.kernel.documents.models import Document
from palier.kernel.documents.selectors import checked_content
from palier.kernel.errors import NotAllowed, TransitionRefused
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.modes import State, service
from palier.kernel.places import organisation_place
from palier.modules.continuity.enums import ProposalAction, ProposalState, ReviewAction, ReviewState
from palier.modules.continuity.models import AfterActionReview, LogEntry, PlanVersion, ReviewProposal, Task
from palier.modules.continuity.selectors import review_sections
from palier.modules.continuity.selectors.lessons import service_times
from palier.modules.continuity.selectors.modes import played_history
from palier.modules.continuity.selectors.plans import differences
from palier.modules.continuity.services import after_action, call_out, cell, exercises, tasks
from palier.modules.continuity.services import plans as plan_services
from palier.modules.continuity.tests import plans
from palier.modules.continuity.workflow.lessons import PROPOSAL, REVIEW

BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)
ENDED = BEGUN + timedelta(days=5)
LATER = ENDED + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()


@pytest.fixture
def over(alpha, actor):
    """A level lived for five days: one card done seven hours late, one never begun, one task added by hand."""
    cell.appoint_member(
        name="Paule", role="director", seat="holder", email="p@alpha.example", by=actor, at=BEGUN
    )
    plans.make_plan(by=actor, at=BEGUN)
    activation = plans.activate(by=actor, at=BEGUN)
    deliver_waiting()
    given = {"by": actor, "at": BEGUN + timedelta(hours=8)}
    tasks.finish_task(task_id=Task.objects.get(code="call-the-cell").pk, **given)
    added = tasks.add_task(title="Ring at each door", role="social", activation_id=activation.pk, **given)
    tasks.finish_task(task_id=added.pk, by=actor, at=BEGUN + timedelta(hours=20))
    plans.lift(activation, by=actor, at=ENDED)
    deliver_waiting()
    activation.refresh_from_db()
    return activation


@pytest.fixture
def review(over, actor):
    return after_action.draft_review(activation_id=over.pk, by=actor, at=LATER)


def section(review, key):
    return next(one for one in review.facts["sections"] if one["key"] == key)


def value(review, key, label):
    return dict(map(tuple, section(review, key)["facts"]))[label]


def proposal(review, kind):
    return review.proposals.get(kind=kind)


def adopted(review, actor):
    for one in review.proposals.all():
        after_action.refuse(proposal_id=one.pk, reason="No", by=actor, at=LATER)
    after_action.conclude(review_id=review.pk, conclusion="We keep the cards.", by=actor, at=LATER)
    after_action.share(review_id=review.pk, by=actor, at=LATER)
    return after_action.adopt(review_id=review.pk, by=actor, at=LATER)


class TestDraft:
    def test_counts_what_happened(self, review):
        assert value(review, "tasks", "Faites en retard") == "1"
        assert value(review, "tasks", "Échues et jamais faites") == "1"
        assert value(review, "call_out", "Rôles ayant répondu") == "0"
        assert value(review, "services", "Services touchés") == "3"

    def test_says_how_long_a_service_was_stopped_beyond_what_is_tolerated(self, review):
        rows = {row[0]: row for row in section(review, "services")["tables"][0]["rows"]}
        reception = next(row for name, row in rows.items() if row[3] != "–")

        # Five days stopped, four tolerated (mtpd_hours = 96).
        assert reception[-1].replace("\u00a0", " ") == "1 j"

    def test_waits_for_the_end(self, alpha, actor):
        plans.make_plan(by=actor, at=BEGUN)
        activation = plans.activate(by=actor, at=BEGUN)

        with pytest.raises(after_action.NotOver):
            after_action.draft_review(activation_id=activation.pk, by=actor, at=LATER)

    def test_is_drafted_once(self, review, over, actor):
        assert after_action.draft_review(activation_id=over.pk, by=actor, at=LATER).pk == review.pk

    def test_keeps_its_facts_whatever_happens_afterwards(self, review, actor):
        facts = review.facts
        Task.objects.all().update(title="Another title")

        assert AfterActionReview.objects.get().facts["sections"] == facts["sections"]

    def test_gathers_again_while_it_is_a_draft(self, review, actor):
        Task.objects.filter(code="call-the-cell").update(title="Another title")

        after_action.gather_again(review_id=review.pk, by=actor, at=LATER)
        after_action.share(review_id=review.pk, by=actor, at=LATER)

        assert "Another title" in str(AfterActionReview.objects.get().facts)
        with pytest.raises(after_action.FactsFrozen):
            after_action.gather_again(review_id=review.pk, by=actor, at=LATER)

    def test_asks_for_the_right(self, over):
        nobody = Actor(user_id=None, name="Somebody", email="", organisation="alpha")

        with pytest.raises(NotAllowed):
            after_action.draft_review(activation_id=over.pk, by=nobody, at=LATER)


class TestSectionsOfOthers:
    @pytest.fixture(autouse=True)
    def registered(self, monkeypatch):
        monkeypatch.setattr(review_sections, "_registry", {})

        @review_sections.review_section("calls", order=5)
        def calls(period):
            return review_sections.ReviewSection("Appels", (("Appels passés", "12"),))

        @review_sections.review_section("nothing")
        def nothing(period):
            return None

    def test_are_frozen_with_the_rest(self, review):
        assert value(review, "calls", "Appels passés") == "12"
        assert "nothing" not in {one["key"] for one in review.facts["sections"]}

    def test_say_nothing_of_an_exercise(self, alpha, actor):
        plans.make_plan(by=actor, at=BEGUN)
        exercise = plans.activate(by=actor, at=BEGUN, exercise=True)
        plans.lift(exercise, by=actor, at=ENDED)

        drafted = after_action.draft_review(activation_id=exercise.pk, by=actor, at=LATER)

        assert drafted.facts["exercise"]
        assert "calls" not in {one["key"] for one in drafted.facts["sections"]}

    def test_are_named_once(self):
        with pytest.raises(ValueError, match="calls"):

            @review_sections.review_section("calls")
            def other(period):
                return None


class TestProposals:
    def test_each_cites_its_facts(self, review):
        found = list(review.proposals.all())

        assert {one.kind for one in found} == {"longer_delay", "other_role", "new_card"}
        assert all(after_action.evidence_of(one) for one in found)
        for one in found:
            assert "{" not in after_action.sentence_of(one) + " ".join(after_action.evidence_of(one))

    def test_accepted_one_makes_a_draft_of_the_plan(self, review, actor):
        done = after_action.accept(proposal_id=proposal(review, "longer_delay").pk, by=actor, at=LATER)

        assert (done.state, done.version.state) == ("accepted", "draft")
        in_force = PlanVersion.objects.get(state="in_force")
        (change,) = differences(version_id=done.version_id, other_id=in_force.pk, actor=actor)
        assert "T+8 h" in change.after

    def test_accepted_ones_add_up_in_one_draft(self, review, actor):
        for kind in ("longer_delay", "other_role", "new_card"):
            after_action.accept(proposal_id=proposal(review, kind).pk, by=actor, at=LATER)

        draft = PlanVersion.objects.get(state="draft").document
        cards = {one.code: one for one in draft.levels["3"].tasks}
        assert cards["call-the-cell"].delay == "T+8 h"
        assert cards["close-the-doors"].role == "coordinator"
        assert cards["ring-at-each-door"].role == "social"

    def test_never_touch_the_version_in_force(self, review, actor):
        before = PlanVersion.objects.get(state="in_force").text

        after_action.accept(proposal_id=proposal(review, "new_card").pk, by=actor, at=LATER)

        assert PlanVersion.objects.get(state="in_force").text == before

    def test_are_settled_once(self, review, actor):
        one = proposal(review, "new_card")
        after_action.accept(proposal_id=one.pk, by=actor, at=LATER)

        with pytest.raises(TransitionRefused):
            after_action.accept(proposal_id=one.pk, by=actor, at=LATER)

    def test_refused_one_says_why_and_leaves_the_plan(self, review, actor):
        one = proposal(review, "new_card")

        with pytest.raises(after_action.RefusalReasonMissing):
            after_action.refuse(proposal_id=one.pk, reason=" ", by=actor, at=LATER)
        after_action.refuse(proposal_id=one.pk, reason="Once is enough", by=actor, at=LATER)

        assert not PlanVersion.objects.filter(state="draft").exists()

    def test_wait_for_a_version_in_review(self, review, actor):
        done = after_action.accept(proposal_id=proposal(review, "new_card").pk, by=actor, at=LATER)
        plan_services.submit(version_id=done.version_id, by=actor, at=LATER)

        with pytest.raises(plan_services.VersionInReview):
            after_action.accept(proposal_id=proposal(review, "longer_delay").pk, by=actor, at=LATER)

    def test_that_the_plan_no_longer_allows_are_refused_kindly(self, review, actor):
        one = proposal(review, "longer_delay")
        ReviewProposal.objects.filter(pk=one.pk).update(change={**one.change, "code": "gone"})

        with pytest.raises(after_action.PlanMoved) as refusal:
            after_action.accept(proposal_id=one.pk, by=actor, at=LATER)

        assert "gone" in str(refusal.value)


class TestAdopt:
    def test_keeps_the_pdf_and_debriefs_the_activation(self, review, over, actor):
        done = adopted(review, actor)
        deliver_waiting()

        over.refresh_from_db()
        document = Document.objects.get(pk=done.document_id)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(checked_content(document))).pages)
        assert (done.state, over.state, over.lessons) == ("adopted", "debriefed", "We keep the cards.")
        assert over.reference in text
        assert done.chain_head[:16] in text.replace("\n", "")
        assert LogEntry.objects.filter(kind="review-adopted", exercise=False).exists()

    def test_asks_for_a_conclusion(self, review, actor):
        after_action.share(review_id=review.pk, by=actor, at=LATER)

        with pytest.raises(after_action.ConclusionMissing):
            after_action.adopt(review_id=review.pk, by=actor, at=LATER)

        review.refresh_from_db()
        assert review.state == "shared"

    def test_asks_that_every_proposal_be_settled(self, review, actor):
        after_action.conclude(review_id=review.pk, conclusion="Done", by=actor, at=LATER)
        after_action.share(review_id=review.pk, by=actor, at=LATER)

        with pytest.raises(after_action.ProposalsOpen):
            after_action.adopt(review_id=review.pk, by=actor, at=LATER)

    def test_changes_no_more_once_adopted(self, review, actor):
        done = adopted(review, actor)

        with pytest.raises(after_action.ReviewFrozen):
            after_action.comment(review_id=done.pk, section="tasks", text="Late", by=actor, at=LATER)

    def test_prints_an_exercise_as_one(self, alpha, actor):
        plans.make_plan(by=actor, at=BEGUN)
        exercise = exercises.prepare(
            title="Drill",
            plan_code="pandemic",
            level="3",
            scope=organisation_place(),
            script="T+0 | Fire | Ring | 5",
            by=actor,
            at=BEGUN,
        )
        exercises.start(exercise_id=exercise.pk, by=actor, at=BEGUN)
        exercises.play(inject_id=exercise.injects.get().pk, by=actor, at=BEGUN)
        exercises.observe(exercise_id=exercise.pk, kind="strength", text="Calm", by=actor, at=BEGUN)
        done = exercises.end(exercise_id=exercise.pk, by=actor, at=BEGUN + timedelta(hours=2))
        drafted = after_action.draft_review(activation_id=done.activation_id, by=actor, at=LATER)

        finished = adopted(drafted, actor)

        document = Document.objects.get(pk=finished.document_id)
        pages = PdfReader(io.BytesIO(checked_content(document))).pages
        assert all("EXERCICE" in page.extract_text() for page in pages)
        assert value(drafted, "exercise", "Réactions dans le temps visé") == "0 sur 1"


class TestComments:
    def test_stand_beside_the_facts(self, review, actor):
        given = {"review_id": review.pk, "section": "tasks", "by": actor, "at": LATER}
        after_action.comment(text="First", **given)
        after_action.comment(text="Second", **given)

        assert [one.text for one in review.comments.all()] == ["Second"]

    def test_are_about_a_section_that_is_there(self, review, actor):
        with pytest.raises(after_action.SectionUnknown):
            after_action.comment(review_id=review.pk, section="nowhere", text="x", by=actor, at=LATER)


def test_the_longest_stop_is_without_a_break(alpha, actor):
    plans.make_plan(by=actor, at=BEGUN)
    activation = plans.activate(by=actor, at=BEGUN)
    plans.change(activation, by=actor, level="2", at=BEGUN + timedelta(hours=10))
    plans.change(activation, by=actor, level="3", at=BEGUN + timedelta(hours=20))
    history = [one for one in played_history(activation.pk) if one.service == "reception"]

    spans, longest = service_times(
        service("reception"),
        history,
        place=organisation_place(),
        since=BEGUN,
        until=BEGUN + timedelta(hours=26),
    )

    assert longest == timedelta(hours=10)
    assert spans[State.STOPPED] == timedelta(hours=16)


def test_answers_of_the_cell_are_timed(alpha, actor):
    cell.appoint_member(
        name="Paule", role="director", seat="holder", email="p@alpha.example", by=actor, at=BEGUN
    )
    plans.make_plan(by=actor, at=BEGUN)
    activation = plans.activate(by=actor, at=BEGUN)
    deliver_waiting()
    from palier.modules.continuity.models import CallOut, CallOutAnswer
    from palier.modules.continuity.selectors.lessons import role_facts

    CallOut.objects.update(called_at=BEGUN)
    answer = CallOutAnswer.objects.get()
    call_out.record_answer(answer_id=answer.pk, via="phone", by=actor, at=BEGUN + timedelta(minutes=12))

    (fact,) = role_facts(activation.pk)
    assert (fact.role, fact.minutes) == ("director", 12)


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("action", ReviewAction)
def test_every_state_and_action_of_a_review(alpha, actor, state, action):
    record = AfterActionReview(state=state)
    sources, target, _right = REVIEW.table[action]

    if state in sources:
        REVIEW.move(record, action, by=actor, at=LATER)
        assert record.state == target
    else:
        with pytest.raises(TransitionRefused):
            REVIEW.move(record, action, by=actor, at=LATER)


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("action", ProposalAction)
def test_every_state_and_action_of_a_proposal(alpha, actor, state, action):
    record = ReviewProposal(state=state)
    sources, target, _right = PROPOSAL.table[action]

    if state in sources:
        PROPOSAL.move(record, action, by=actor, at=LATER)
        assert record.state == target
    else:
        with pytest.raises(TransitionRefused):
            PROPOSAL.move(record, action, by=actor, at=LATER)
