"""My name, and how papers write it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from services.members.commands import CorrectName
from services.members.names import NameOnPapers, cannot_print, naming_of, unprintable
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

NAME_FORM: Final = Form(
    Field(
        name="name_on_papers",
        label="Name on papers",
        hint="As it stands on your licence, in your own letters.",
        missing="Write your name.",
        autocomplete="name",
        longest=120,
    ),
    Field(
        name="spelling",
        label="How papers write it, if they cannot print your letters",
        hint="Papers can print Latin, Greek, Cyrillic, Chinese, Japanese and Korean letters. For "
        "another script, write your name here as your licence or passport has it in one of these.",
        required=False,
        longest=120,
    ),
    Field(
        name="reason",
        label="Why it changes",
        hint="A few words, such as: a slip of the pen, or a new family name.",
        missing="Write why, in a few words.",
    ),
)


class NameController(Controller):
    """``/you/name``."""

    path = "/you/name"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask for the right name."""
        name = await naming_of(house, person_id)
        blank = NAME_FORM.blank(name_on_papers=name.name, spelling=name.spelling)
        return await _page(request, name, blank)

    @post()
    async def correct(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Correct the name; papers already issued keep theirs.

        A name is kept in any script: who somebody is does not depend on our fonts. What papers
        write instead must be printable, for that is all it is for.
        """
        name = await naming_of(house, person_id)
        sent = await request.form()
        form = NAME_FORM.read(sent)
        if form.ok and (letters := await unprintable(house, form["spelling"] or "")):
            form = form.with_errors({"spelling": f"{cannot_print(letters)} Write it in others."})
        if not form.ok:
            return await _page(request, name, form, status=400)
        command = CorrectName(member_id=person_id, by=person_id, **form.values)
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, "people")
        if refusal is not None:
            form = with_refusal(form, refusal, "name_on_papers")
            return await _page(request, name, form, status=to_problem(refusal).status)
        missing = (await naming_of(house, person_id)).unprintable
        return Redirect(f"/you?done={'name_unprinted' if missing else 'name'}", status_code=303)


async def _page(
    request: Asking, name: NameOnPapers, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request, "you/name.html", status=status, here="you", now=name, form=form
    )
