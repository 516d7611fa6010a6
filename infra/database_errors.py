"""The named ways in which the database underneath says no.

They are shown to whoever runs Peerhour, so each sentence says what to do next. None of them ever
carries a password.
"""

from __future__ import annotations

from domain.errors import DomainError


class DatabaseProblem(DomainError):
    """The database cannot be used as it is."""

    code = "database.problem"


class DatabaseUrlInvalid(DatabaseProblem):
    """The database address cannot be understood."""

    code = "database.url_invalid"


class DatabaseUnreachable(DatabaseProblem):
    """The server does not answer, or turns this user away."""

    code = "database.unreachable"


class DatabaseTooOld(DatabaseProblem):
    """The server is older than the oldest PostgreSQL that Peerhour is tested with."""

    code = "database.too_old"


class UnsafeSettings(DatabaseProblem):
    """The server may lose what it has acknowledged."""

    code = "database.unsafe_settings"


class NoPostgres(DatabaseProblem):
    """No PostgreSQL programs that can be run were found on this machine."""

    code = "database.no_programs"


class OtherMajor(DatabaseProblem):
    """The data folder belongs to another major version of PostgreSQL."""

    code = "database.other_major"


class UnsafeFolder(DatabaseProblem):
    """A folder is not ours, or cannot be used."""

    code = "database.unsafe_folder"


class ServerDidNotStart(DatabaseProblem):
    """The embedded server did not come up; its log says why."""

    code = "database.did_not_start"


class ServerDidNotStop(DatabaseProblem):
    """The embedded server is still up."""

    code = "database.did_not_stop"


class MigrationFolderInvalid(DatabaseProblem):
    """The migration files do not form one numbered sequence."""

    code = "migration.folder_invalid"


class MigrationChanged(DatabaseProblem):
    """A migration file differs from what was applied."""

    code = "migration.changed"


class MigrationNeeded(DatabaseProblem):
    """The database was last migrated by an older Peerhour."""

    code = "migration.needed"


class MigrationFailed(DatabaseProblem):
    """A migration could not be applied; nothing of it was kept."""

    code = "migration.failed"


class DatabaseNewerThanCode(DatabaseProblem):
    """The database was migrated by a newer Peerhour."""

    code = "migration.newer_database"
