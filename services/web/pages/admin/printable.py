"""What is typed for papers to print word by word has to be printable.

One letter without a font in a provider's name or in an approval's statement would hold up the paper
of everybody who gets credit by it, and no correction reaches certificates that were issued.
"""

from __future__ import annotations

from typing import Final

from services.house import House
from services.members.names import cannot_print, unprintable
from services.web.forms.reading import Filled

_WORD_BY_WORD: Final = frozenset(
    {
        *("name", "address", "contact", "authorising_name", "authorising_role"),
        *("body", "number", "statement", "responsibility_statement"),
        *("instructor_name", "instructor_qualification"),
    }
)
"""Of a provider, an approval and a program; titles are printed as far as they can be."""


async def printable(house: House, form: Filled) -> Filled:
    """Return a form with what papers cannot print told beside its field."""
    if not form.ok:
        return form
    errors = {}
    for name in _WORD_BY_WORD & form.values.keys():
        if letters := await unprintable(house, form[name] or ""):
            errors[name] = f"{cannot_print(letters)} Write it in others."
    return form.with_errors(errors)
