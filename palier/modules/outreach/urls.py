"""Addresses of calls to tenants, under `/o/<slug>/calls/`."""

from typing import Any

app_name = "outreach"
urlpatterns: list[Any] = []
