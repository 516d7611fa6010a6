"""Events to rows and back: canonical JSON, personal values encrypted, old shapes upcast.

Keeps the library's ``Mapper`` contract (topics, class versions, upcasters) and replaces its
transcoding: bodies are canonical JSON that a person can read in psql and a verifier can hash, and
types come from the event's annotations instead of tags inside the stored text.
"""

from __future__ import annotations

import dataclasses
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from typing import Annotated, Any, Final, NamedTuple, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from eventsourcing.domain import CanInitAggregate, DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from eventsourcing.utils import TopicError, get_topic, resolve_topic

from domain.base import Root
from domain.errors import DomainError
from domain.personal import Personal
from infra.event_store.envelope import id_text
from infra.secrets.keystore import KeyStore

_PAD_TO = 64  # lengths of names and numbers leak; whole blocks leak less
_NOT_IN_BODY: Final = ("originator_id", "originator_version", "originator_topic")
_AWARE: Final = Annotated[datetime, msgspec.Meta(tz=True)]  # a moment without a zone is damage
# The library imports what a topic names; only names of ours may lead it anywhere.
_OUR_TOPIC: Final = re.compile(r"peerhour\.[a-z_]+\.[a-z_]+")
# What a damaged body makes decoders, values and upcasters raise.
_DAMAGE: Final = (
    msgspec.MsgspecError,
    DomainError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


class UnreadableEvent(Exception):
    """A stored event does not fit today's code: a missing upcaster, or damage."""


class StoredBody(NamedTuple):
    """One event as text.

    Attributes:
        topic: the event's stable name.
        schema_version: version of its shape.
        body: canonical JSON, UTF-8.
    """

    stream_id: UUID
    stream_version: int
    topic: str
    schema_version: int
    body: str


class EventMapper(Mapper[UUID]):
    """Map events to stored text and back.

    Args:
        keystore: gives and withholds the keys of personal values.
    """

    def __init__(self, keystore: KeyStore) -> None:
        super().__init__(JSONTranscoder())
        self._keystore = keystore
        self._binding: Callable[[UUID, bytes], bytes] = _unbound
        self._shapes: dict[type, _Shape] = {}
        self._encoder = msgspec.json.Encoder(
            enc_hook=self._encrypt, decimal_format="string", order="sorted"
        )

    def to_body(self, event: Root.Event) -> StoredBody:
        """Return the event as it will be stored; personal values encrypted for their person."""
        cls = type(event)
        state = vars(event).copy()
        for name in _NOT_IN_BODY:
            state.pop(name, None)
        topic = get_topic(cls)
        self._binding = _bind(event.originator_id, event.originator_version, topic)
        body = self._encoder.encode(state)
        return StoredBody(
            event.originator_id, event.originator_version, topic, cls.class_version, body.decode()
        )

    def from_body(self, stored: StoredBody) -> Root.Event:
        """Return the event in today's shape.

        Raises:
            UnreadableEvent: no event has this topic, no upcaster leads to today's shape, or the
                text was damaged. Its message never holds a stored value.
        """
        cls = _event_named(stored.topic)
        shape = self._shapes.get(cls) or self._shape_of(cls)
        self._binding = _bind(stored.stream_id, stored.stream_version, stored.topic)
        try:
            if stored.schema_version == cls.class_version:
                body = shape.decoder.decode(stored.body)
            else:
                body = msgspec.convert(
                    _upcast(cls, stored), shape.body, dec_hook=self._decrypt, str_keys=True
                )
        except _DAMAGE as error:
            raise UnreadableEvent(
                f"{stored.topic} v{stored.schema_version}, stream {stored.stream_id} "
                f"version {stored.stream_version}: {_without_values(error)}"
            ) from None
        state = {name: getattr(body, name) for name in shape.names}
        state["originator_id"] = stored.stream_id
        state["originator_version"] = stored.stream_version
        if shape.aggregate_topic is not None:
            state["originator_topic"] = shape.aggregate_topic
        event = object.__new__(cls)
        event.__dict__.update(state)
        return event

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Return the library's form of a stored event (its tools and comparisons use it)."""
        stored = self.to_body(domain_event)  # type: ignore[arg-type] # every event of ours is one
        state = msgspec.json.encode(
            {"v": stored.schema_version, "body": msgspec.Raw(stored.body.encode())}
        )
        return StoredEvent(stored.stream_id, stored.stream_version, stored.topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Return the event behind the library's form."""
        parts = msgspec.json.decode(stored_event.state, type=_LibraryState)
        stream_id = stored_event.originator_id
        assert isinstance(stream_id, UUID)
        return self.from_body(
            StoredBody(
                stream_id,
                stored_event.originator_version,
                stored_event.topic,
                parts.v,
                bytes(parts.body).decode(),
            )
        )

    def _shape_of(self, cls: type[Root.Event]) -> _Shape:
        shape = self._shapes[cls] = _Shape.of(cls, self._decrypt)
        return shape

    def _encrypt(self, value: Any) -> Any:
        if not isinstance(value, Personal):
            raise TypeError(f"{type(value).__name__} cannot be stored in an event")
        if value.value is None:
            return {"subject": value.subject, "erased": True}
        key = self._keystore.key_for_writing(value.subject)
        if key is None:  # forgotten people stay forgotten
            return {"subject": value.subject, "erased": True}
        plain = msgspec.json.encode(value.value)
        plain += b" " * (-len(plain) % _PAD_TO)  # JSON ignores the spaces when read back
        nonce = urandom(12)
        sealed = key.cipher.encrypt(nonce, plain, self._binding(value.subject, key.key_id))
        return {
            "subject": value.subject,
            "key": key.key_id.hex(),
            "commit": key.commitment.hex(),
            "sealed": b64encode(nonce + sealed).decode(),
        }

    def _decrypt(self, kind: type, raw: Any) -> Any:
        if (get_origin(kind) or kind) is not Personal:
            raise NotImplementedError(f"no way to read {kind}")
        subject = UUID(raw["subject"])
        if raw.get("erased"):
            return Personal(subject, None)
        key = self._keystore.key_for_reading(subject)
        if key is None or key.key_id.hex() != raw["key"]:
            return Personal(subject, None)
        if key.commitment.hex() != raw["commit"]:
            raise ValueError("key commitment does not match")
        sealed = b64decode(raw["sealed"])
        try:
            plain = key.cipher.decrypt(sealed[:12], sealed[12:], self._binding(subject, key.key_id))
        except InvalidTag:
            raise ValueError("ciphertext does not belong to this event") from None
        (inner,) = get_args(kind) or (str,)
        return Personal(subject, msgspec.json.decode(plain, type=inner))


class _LibraryState(msgspec.Struct):
    v: int
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one event class reads its body."""

    body: type[msgspec.Struct]
    decoder: msgspec.json.Decoder[Any]
    names: tuple[str, ...]
    aggregate_topic: str | None

    @classmethod
    def of(cls, event: type[Root.Event], dec_hook: Callable[[type, Any], Any]) -> _Shape:
        hints = get_type_hints(event)
        names = tuple(f.name for f in dataclasses.fields(event) if f.name not in _NOT_IN_BODY)
        body = msgspec.defstruct(
            event.__name__,
            [(name, _AWARE if hints[name] is datetime else hints[name]) for name in names],
            forbid_unknown_fields=True,
        )
        aggregate_topic = None
        if issubclass(event, CanInitAggregate):
            owner = resolve_topic(f"{event.__module__}:{event.__qualname__.rpartition('.')[0]}")
            aggregate_topic = get_topic(owner)
        return cls(body, msgspec.json.Decoder(body, dec_hook=dec_hook), names, aggregate_topic)


def _bind(stream_id: UUID, version: int, topic: str) -> Callable[[UUID, bytes], bytes]:
    """Return what ties a ciphertext to its place: moved to another event it does not open."""

    def associated_data(subject: UUID, key_id: bytes) -> bytes:
        event = f"|{version}|{topic}|".encode()
        return b"%b%b%b|%b" % (id_text(stream_id), event, id_text(subject), key_id)

    return associated_data


def _unbound(_subject: UUID, _key_id: bytes) -> bytes:
    raise AssertionError("a personal value is read or written only inside an event")


def _event_named(topic: str) -> type[Root.Event]:
    try:
        cls = resolve_topic(topic) if _OUR_TOPIC.fullmatch(topic) else None
    except TopicError:
        cls = None
    if not isinstance(cls, type) or not issubclass(cls, Root.Event):
        raise UnreadableEvent(f"No event is called {topic}.")
    return cls


def _without_values(error: Exception) -> str:
    """Return what is wrong and where, without the stored value that some errors quote."""
    if not isinstance(error, msgspec.MsgspecError):
        return type(error).__name__
    what, at, path = str(error).rpartition(" - at ")
    if not at:
        what, path = path, ""
    if what.startswith("Invalid enum value"):
        what = "Invalid enum value"
    return f"{what}{at}{path}"


def _upcast(cls: type[Root.Event], stored: StoredBody) -> dict[str, Any]:
    if stored.schema_version > cls.class_version:
        raise UnreadableEvent(
            f"{stored.topic} v{stored.schema_version} is newer than this code knows."
        )
    state: dict[str, Any] = msgspec.json.decode(stored.body)
    for version in range(stored.schema_version, cls.class_version):
        try:
            step = getattr(cls, f"upcast_v{version}_v{version + 1}")
        except AttributeError:
            raise UnreadableEvent(
                f"{stored.topic} lacks upcast_v{version}_v{version + 1}"
            ) from None
        step(state)
    return state
