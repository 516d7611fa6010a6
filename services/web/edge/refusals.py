"""The ways in which the web itself says no, before any rule of the domain is asked."""

from __future__ import annotations

from domain.errors import DomainError, NotAllowed


class WebRefusal(DomainError):
    """Base of the web's own refusals."""

    code = "request.refused"


class Malformed(WebRefusal):
    """The request cannot be read: broken JSON, text that is no UTF-8, a NUL character."""

    code = "request.malformed"


class CrossSite(WebRefusal):
    """An unsafe request that did not come from our own pages.

    Source: OWASP, Cross-Site Request Forgery Prevention, fetch metadata with Origin fallback.
    """

    code = "request.cross_site"

    def __init__(self) -> None:
        super().__init__("This came from another site. Open the page here and try again.")


class SignInRequired(WebRefusal):
    """Nobody is signed in, or the sign-in ran out."""

    code = "sign_in.required"

    def __init__(self) -> None:
        super().__init__("Sign in to see this.")


class AdministratorsOnly(NotAllowed):
    """A page for administrators."""

    code = "access.administrators_only"

    def __init__(self) -> None:
        super().__init__("This page is for administrators.")


class LinkNotUsable(WebRefusal):
    """The sign-in link is unknown, used or too old; which of these is nobody's business."""

    code = "sign_in.link_not_usable"

    def __init__(self) -> None:
        super().__init__("This link no longer works. Each one works once, for 15 minutes.")


class OtherBrowser(WebRefusal):
    """The link was asked for in another browser; it stays good there."""

    code = "sign_in.other_browser"

    def __init__(self) -> None:
        super().__init__(
            "This link belongs to the browser that asked for it. "
            "Open it there, or type the code from the mail there. The link still works."
        )


class LaterPlease(DomainError):
    """Base of refusals that pass by themselves.

    Args:
        message: one sentence for the person.
        retry_after: whole seconds after which asking again makes sense.
    """

    code = "request.later"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class TooMany(LaterPlease):
    """Asked more often than a person would."""

    code = "request.too_many"
    sentence = "That was a lot at once. Wait a moment, then try again."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(self.sentence, retry_after=retry_after)


class TooManyDoorCodes(TooMany):
    """Tried more codes at one door than somebody who reads them off the wall."""

    code = "meeting.too_many_door_codes"
    sentence = (
        "That were many codes at once. Wait a moment, look at the wall again, or ask the "
        "facilitator to mark you present."
    )


class TooManyDocuments(TooMany):
    """Sent more documents in a day than a career brings in a year."""

    code = "document.too_many"
    sentence = "That were many documents for one day. What you entered before is kept; come back."


class TooManyWords(TooMany):
    """Wrote more words between meetings than a conversation has."""

    code = "corridor.too_many_words"
    sentence = "That were many words at once. Wait a moment; what you wrote here is kept below."


class TooManyRegrets(TooMany):
    """Said and took back more often than anybody's plans change."""

    code = "meeting.too_many_regrets"
    sentence = "You changed this many times. Wait a moment; what you said last stands."


class Unavailable(LaterPlease):
    """Something we depend on does not answer just now."""

    code = "service.unavailable"

    def __init__(self, *, retry_after: int = 5) -> None:
        super().__init__(
            "Peerhour is catching its breath. Try again in a moment.", retry_after=retry_after
        )
