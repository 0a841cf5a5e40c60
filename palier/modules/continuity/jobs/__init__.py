from palier.modules.continuity.jobs import crisis, exercises, plans  # noqa: F401
