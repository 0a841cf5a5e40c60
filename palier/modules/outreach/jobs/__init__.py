from palier.modules.outreach.jobs import campaigns  # noqa: F401
