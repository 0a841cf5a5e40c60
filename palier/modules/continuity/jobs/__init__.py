from palier.modules.continuity.jobs import crisis, exercises, plans, referrals  # noqa: F401
