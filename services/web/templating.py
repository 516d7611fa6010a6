"""Pages from templates: one environment, strict about names it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from domain.days import day
from domain.members.places import name_of
from domain.members.professions import label_of
from services.web.context import web_of
from services.web.words.times import brief, clock, day_in, until, when

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from jinja2.bccache import Bucket
    from litestar.datastructures import Cookie

    from services.web.assets import Assets
    from services.web.settings import WebSettings

TEMPLATES: Final = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """Keeps what a template's text compiles to, so that a process does it once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put in the code for this text, if it was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of this text."""
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED: Final = _Compiled()  # code only: nothing of an application's own


class Templates:
    """Renders templates.

    Args:
        settings: what every page says about this installation.
        assets: addresses of static files.
        folder: where the templates lie.
    """

    def __init__(self, settings: WebSettings, assets: Assets, folder: Path = TEMPLATES) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            when=when,
            brief=brief,
            clock=clock,
            until=until,
            day=day,
            day_in=day_in,
            profession=label_of,
            place=name_of,
        )
        self._environment.globals.update(
            asset=assets.url,
            emergency_number=settings.emergency_number,
            emergency_words=settings.emergency_words,
        )

    def render(self, name: str, **values: Any) -> str:
        """Return a template with *values*; a name it does not know is an error, never a blank."""
        return self._environment.get_template(name).render(**values)


async def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    here: str = "",
    headers: Mapping[str, str] | None = None,
    cookies: list[Cookie] | None = None,
    **values: Any,
) -> Response[str]:
    """Answer with a page.

    Args:
        request: whose sign-in decides whether the navigation is shown.
        template: file name.
        status: HTTP status.
        here: which place of the navigation this is: ``home``, ``groups``, ``credits``, ``you``.
        headers: further headers.
        cookies: cookies to set.
        values: what the template shows.
    """
    web = web_of(request)
    session = await web.sessions.current(request)
    body = web.templates.render(
        template, request_id="", signed_in=session is not None, here=here, **values
    )
    return Response(
        body,
        status_code=status,
        media_type="text/html",
        headers=dict(headers or {}),
        cookies=cookies,
    )
