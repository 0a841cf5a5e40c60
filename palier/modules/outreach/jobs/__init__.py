from palier.modules.outreach.jobs import campaigns, desk  # noqa: F401
