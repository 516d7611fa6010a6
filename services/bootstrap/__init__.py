"""The composition root: the only place where infra meets the rest.

``running.py`` puts a house together: from what holds something (``parts.py``, on the database that
``database.py`` finds), those who read the log (``readers.py``), the payment service
(``payments.py``, ``payment_news.py``) and what the worker does (``chores.py``). ``web.py`` opens it
to browsers, ``adapters.py`` holds the small joints, ``tools.py`` is for the command line.
"""

from services.bootstrap.readers import PROCESSES, PROJECTIONS
from services.bootstrap.running import (
    Running,
    drain,
    open_house,
    start_process,
    without_worker,
)
from services.bootstrap.tools import (
    demo_mailer,
    examine,
    link_room,
    migrate_database,
    read_payer_package,
    read_report,
    settings_table,
    verify_payer_package,
    zip_payer_package,
)
from services.bootstrap.web import live_feed, outside_feed, web_app
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
    "outside_feed",
    "read_payer_package",
    "read_report",
    "settings_table",
    "start_process",
    "verify_payer_package",
    "web_app",
    "without_worker",
    "zip_payer_package",
]
