"""How the processes speak on standard error: one line per event, without a value of anybody's data.

A traceback is shown without the local variables: they may hold a name, a telephone number, a sealed file.
"""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Set structlog up; the standard library's loggers keep Django's own settings."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
