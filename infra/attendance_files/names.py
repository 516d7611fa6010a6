"""Who a name stands for: a person, a bot, a device, a caller; and which part is the name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from infra.attendance_files.model import Who

# Services that join by themselves and write down what is said. Product names stand whole; words
# that are also family names (Otter, Grain, Fellow) only in the spelling of the service.
_BOT: Final = re.compile(
    r"\botter\.ai\b|\botter ?pilot\b|^otter$|\botter (?:notetaker|assistant)\b|\bfireflies\b"
    r"|\bread(?:\.| )ai\b|\bread meeting notes\b|\bfathom\b|\btl;?dv\b|\bnote[ -]?taker\b"
    r"|\bai companion\b|\bai (?:assistant|notes?|recorder|scribe)\b|\bmeet ?geek\b|\bavoma\b"
    r"|\bsembly\b|\bsupernormal\b|\bgrain\.com\b|\bgong\.io\b|\bchorus\.ai\b|\bkrisp\b|\bairgram\b"
    r"|\bfellow\.(?:app|ai)\b|\bcircleback\b|\bspinach\.(?:io|ai)\b|\brecall\.ai\b|\bnotta\b"
    r"|\bcopilot\b|\b(?:meeting|recording) ?bot\b|\bjamie\.ai\b",
    re.IGNORECASE,
)
_BOT_ADDRESS: Final = re.compile(
    r"@(?:[\w-]+\.)*(?:otter\.ai|fireflies\.ai|read\.ai|fathom\.video|tldv\.io|meetgeek\.ai|avoma\.com"
    r"|sembly\.ai|airgram\.io|recall\.ai)$"
)
_DEVICE: Final = re.compile(
    r"\b(?:i(?:phone|pad|pod|mac)|android|galaxy|pixel ?\d|macbook|laptop|desktop|chromebook|tablet"
    r"|huawei|xiaomi|redmi|oneplus|samsung|motorola|sm-[a-z]\d+\w*|zoom ?rooms?|polycom"
    r"|(?:conference|meeting) room)\b",
    re.IGNORECASE,
)
_CALLER: Final = re.compile(
    r"\+?[\d\s().*•x#-]{4,}"
    r"|(?:call-?in|dial-?in|phone)[\s_-]*(?:user|caller|participant)?[\s_#-]*[\d*]*"
    r"|(?:unknown|anonymous)(?: (?:user|caller|participant|guest))?|caller|zoom user|guest|--?",
    re.IGNORECASE,
)
_ROLES: Final = frozenset(
    {
        *("host", "co-host", "cohost", "organizer", "organiser", "presenter", "attendee", "me"),
        *("guest", "gast", "invité", "invitado", "convidado", "external", "extern", "externe"),
        *("externo", "unverified", "unverifiziert"),
    }
)
_PRONOUNS: Final = frozenset(
    {
        *("she", "he", "they", "her", "him", "them"),
        *("sie", "er", "elle", "il", "ella", "él", "ela", "ele"),
    }
)
_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ADDRESS: Final = re.compile(r"[^\s@<>,;]{1,200}@[^\s@<>,;]{1,200}")


_LONGEST: Final = 300  # characters; no tool lets a name be longer, so nobody looks further


def clean(text: str) -> str:
    """Return *text* on one line, composed, without invisible signs; nothing else changes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def name_key(name: str) -> str:
    """Return what two spellings of one name share: letters without case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def address(text: str) -> tuple[str, ...]:
    """Return the e-mail address in a cell, lower case; nothing when the cell holds none."""
    found = clean(text).casefold()
    return (found,) if _ADDRESS.fullmatch(found) else ()


def split_name(text: str) -> tuple[str, ...]:
    """Return the name shown and, where brackets add one, the original name.

    Meeting tools append the name under which somebody first joined in brackets: ``Bo (Bo Chen)``.
    Roles and pronouns in brackets (``(Guest)``, ``(she/her)``) are left out: they are no names.
    """
    name = _without_remarks(clean(text))
    start = _last_bracket(name)
    if start > 0:
        shown, original = _without_remarks(name[:start].strip()), name[start + 1 : -1].strip()
        if shown and original:
            same = name_key(shown) == name_key(original)
            return (shown,) if same else (shown, original)
    return (name,) if name else ()


def _without_remarks(name: str) -> str:
    while (start := _last_bracket(name)) > 0:
        remark = name[start + 1 : -1].strip().casefold()
        if remark and "/" not in remark and remark not in _ROLES | _PRONOUNS:
            break
        name = name[:start].strip()
    return name


def _last_bracket(name: str) -> int:
    """Return where the bracket that closes *name* opens after a space, or -1."""
    if len(name) > _LONGEST or not name.endswith(")"):
        return -1
    depth = 0
    for index in range(len(name) - 1, -1, -1):
        depth += (name[index] == ")") - (name[index] == "(")
        if depth == 0:
            return index if name[index - 1 : index].isspace() else -1
    return -1


def read_who(name: str, *emails: str) -> Who:
    """Return the person a row names.

    Args:
        name: the cell with the name, brackets and all.
        emails: cells that may hold addresses; those that hold none are left out.
    """
    addresses = tuple(dict.fromkeys(found for cell in emails for found in address(cell)))
    bot = bool(_BOT.search(clean(name)[:_LONGEST])) or any(
        _BOT_ADDRESS.search(one) for one in addresses
    )
    return Who(names=split_name(name), emails=addresses, bot=bot)


def is_caller(name: str) -> bool:
    """Tell whether *name* is a telephone number or a word for nobody in particular."""
    return not name or _CALLER.fullmatch(name) is not None


def is_device(name: str) -> bool:
    """Tell whether *name* is that of a device or a room rather than of a person."""
    return _DEVICE.search(name[:_LONGEST]) is not None


def tells_a_person(name: str) -> bool:
    """Tell whether *name* can stand for one person."""
    return not is_caller(name) and not is_device(name)
