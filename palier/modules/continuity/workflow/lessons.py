"""The ways of exercises and their events, of after-action reviews and what they propose."""

from palier.kernel.workflow import Workflow
from palier.modules.continuity.enums import (
    ExerciseAction,
    ExerciseState,
    InjectAction,
    InjectState,
    ProposalAction,
    ProposalState,
    ReviewAction,
    ReviewState,
)
from palier.modules.continuity.permissions import Permission

EXERCISE = Workflow(
    "continuity.exercise",
    {
        ExerciseAction.START: ((ExerciseState.PREPARED,), ExerciseState.RUNNING, Permission.EXERCISE_RUN),
        ExerciseAction.END: ((ExerciseState.RUNNING,), ExerciseState.ENDED, Permission.EXERCISE_RUN),
        ExerciseAction.STOP: ((ExerciseState.RUNNING,), ExerciseState.ENDED, Permission.EXERCISE_RUN),
        ExerciseAction.ASSESS: ((ExerciseState.ENDED,), ExerciseState.ASSESSED, Permission.EXERCISE_RUN),
        ExerciseAction.CANCEL: ((ExerciseState.PREPARED,), ExerciseState.CANCELLED, Permission.EXERCISE_RUN),
    },
)

INJECT = Workflow(
    "continuity.inject",
    {
        InjectAction.PLAY: ((InjectState.PLANNED,), InjectState.PLAYED, Permission.EXERCISE_RUN),
        InjectAction.SKIP: ((InjectState.PLANNED,), InjectState.SKIPPED, Permission.EXERCISE_RUN),
    },
)

REVIEW = Workflow(
    "continuity.review",
    {
        ReviewAction.SHARE: ((ReviewState.DRAFT,), ReviewState.SHARED, Permission.REVIEW_WRITE),
        ReviewAction.TAKE_BACK: ((ReviewState.SHARED,), ReviewState.DRAFT, Permission.REVIEW_WRITE),
        ReviewAction.ADOPT: ((ReviewState.SHARED,), ReviewState.ADOPTED, Permission.REVIEW_ADOPT),
    },
)

PROPOSAL = Workflow(
    "continuity.review-proposal",
    {
        ProposalAction.ACCEPT: ((ProposalState.OPEN,), ProposalState.ACCEPTED, Permission.REVIEW_ADOPT),
        ProposalAction.REFUSE: ((ProposalState.OPEN,), ProposalState.REFUSED, Permission.REVIEW_ADOPT),
    },
)
