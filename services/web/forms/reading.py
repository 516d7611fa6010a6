"""Forms: read what was typed, say what cannot be used, keep every word.

A form is a list of fields; reading one gives a :class:`Filled`, which either holds values or goes
back into the page with its errors. Browsers' own checks are switched off (``novalidate``): one
voice, ours, says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from litestar.datastructures import FormMultiDict, UploadFile

from domain.errors import InvalidFields
from domain.fields import UNSHOWABLE, is_showable


class Unusable(Exception):
    """What was typed cannot be used; says why in one sentence to the person who typed it."""


Parse = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form.

    Attributes:
        name: name in the form, and of the value.
        label: the question, as people read it.
        parse: turns trimmed text into the value, or raises :class:`Unusable`.
        hint: a sentence under the label.
        required: whether an empty answer is an error; else the value is ``None``.
        missing: what to say if a required answer is empty.
        many: whether several answers may be ticked; the value is then a list.
        kind: ``type`` of the input element, or ``textarea``, ``select``, ``radio``, ``checkbox``.
        choices: (value, words) for kinds that choose.
        autocomplete: the token by which browsers fill it in (WCAG 1.3.5).
        inputmode: which keyboard a phone shows.
        longest: most characters.
    """

    name: str
    label: str
    parse: Parse = str
    hint: str = ""
    required: bool = True
    missing: str = "Fill this in."
    many: bool = False
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    autocomplete: str = "off"
    inputmode: str = ""
    longest: int = 200

    def read(self, typed: Sequence[str]) -> Any:
        """Return the value of what was typed, or raise :class:`Unusable`."""
        answers = [text for each in typed if (text := self._plain(each))]
        if not answers:
            if self.required:
                raise Unusable(self.missing)
            return [] if self.many else None
        for text in answers:
            if len(text) > self.longest:
                raise Unusable(f"Use at most {self.longest} characters.")
            if not is_showable(text, lines=self.kind == "textarea"):
                raise Unusable(f"{UNSHOWABLE} Type it again.")
        if self.many:
            return [self.parse(text) for text in answers]
        return self.parse(answers[0])

    def _plain(self, text: str) -> str:
        """Return trimmed text; browsers send the line breaks of a text area as CR and LF."""
        if self.kind == "textarea":
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as somebody filled it in, or as it stands before.

    Attributes:
        fields: the questions, by name, in their order.
        typed: the words as typed, by field.
        values: the usable values; complete only if :attr:`ok`.
        errors: what is wrong, by field.
    """

    fields: Mapping[str, Field]
    typed: Mapping[str, Sequence[str]]
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every answer can be used."""
        return not self.errors

    def __getitem__(self, name: str) -> Any:
        """Return the usable value of a field."""
        return self.values[name]

    def words(self, name: str) -> str:
        """Return what was typed, to be shown again."""
        return next(iter(self.typed.get(name, ())), "")

    def chosen(self, name: str, choice: str) -> bool:
        """Tell whether *choice* was ticked."""
        return choice in self.typed.get(name, ())

    def with_errors(self, errors: Mapping[str, str] | InvalidFields) -> Filled:
        """Return the form with a rule's findings at their fields."""
        found = errors.fields if isinstance(errors, InvalidFields) else errors
        return replace(self, errors={**self.errors, **found})


class Form:
    """A list of questions.

    Args:
        fields: in the order of the page.
    """

    def __init__(self, *fields: Field) -> None:
        self.fields: Final[Mapping[str, Field]] = {one.name: one for one in fields}

    def blank(self, **known: object) -> Filled:
        """Return the form before anybody typed, filled with what we know already."""
        typed = {
            name: [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
            for name, value in known.items()
            if value is not None
        }
        return Filled(fields=self.fields, typed=typed)

    def read(self, sent: FormMultiDict) -> Filled:
        """Return the form as it was sent; fields nobody asked for are ignored."""
        typed: dict[str, list[str]] = {}
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for name, one in self.fields.items():
            given = sent.getall(name, [])
            typed[name] = [text for text in given if isinstance(text, str)]
            if any(isinstance(text, UploadFile) for text in given):
                errors[name] = "Type this instead of sending a file."
                continue
            try:
                values[name] = one.read(typed[name])
            except Unusable as reason:
                errors[name] = str(reason)
        return Filled(fields=self.fields, typed=typed, values=values, errors=errors)
