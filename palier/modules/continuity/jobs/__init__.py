from palier.modules.continuity.jobs import crisis, plans  # noqa: F401
