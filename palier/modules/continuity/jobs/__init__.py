from palier.modules.continuity.jobs import crisis  # noqa: F401
