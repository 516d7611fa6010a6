"""The composition root: the only place where infra meets the rest.

``running.py`` puts a house together, ``database.py`` finds its database, ``adapters.py`` holds the
small joints, ``tools.py`` is for the command line.
"""

from services.bootstrap.running import (
    PROCESSES,
    PROJECTIONS,
    Running,
    drain,
    live_feed,
    open_house,
    start_process,
    web_app,
    without_worker,
)
from services.bootstrap.tools import (
    demo_mailer,
    examine,
    link_room,
    migrate_database,
    read_report,
    settings_table,
    verify_payer_package,
)
from services.handlers import handlers

__all__ = [
    "PROCESSES",
    "PROJECTIONS",
    "Running",
    "demo_mailer",
    "drain",
    "examine",
    "handlers",
    "link_room",
    "live_feed",
    "migrate_database",
    "open_house",
    "read_report",
    "settings_table",
    "start_process",
    "verify_payer_package",
    "web_app",
    "without_worker",
]
