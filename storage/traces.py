"""Where a person is met in rows that are nobody's own: by their name, their accounts, and the words that they wrote.

An adapter's document is a person's own where its key is their id on the platform, its kind ends in `:ID`, or its
`person`, `author` or `only_for` is them; it goes. In others, and in messages, their name is written over.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, or_, select, update

from bot.domain.messages import OutgoingMessage, Span
from bot.domain.rules import MARK
from storage.known_by import Traces, cleaned, has_one, holding, mentioning, without_names
from storage.personal import GONE, Account, Person
from storage.tables import account, adapter_document, audit, fact, ledger, outbox, set_aside, shadow_ledger

_WAITING = ("held", "pending", "sending", "unknown")


def forget_traces(db: Connection, traces: Traces) -> None:
    changed = without_names(traces)
    _forget_messages(db, traces, changed)
    _forget_set_aside(db, traces, changed)
    _forget_audit(db, traces)
    _forget_documents(db, traces, changed)
    _forget_marks(db, traces.whose)
    for entries in (ledger, shadow_ledger):
        for row in mentioning(db, select(entries), entries.c.reason, traces):
            _write(db, entries, row, reason=changed(row.reason))


def messages_to(db: Connection, whose: Person) -> Iterator[Row[Any]]:
    """The rows of the outbox that are for a person alone."""
    for one in whose.accounts:
        theirs = has_one(outbox.c.message, [one.user])
        query = select(outbox).where(outbox.c.platform == one.platform, theirs).order_by(outbox.c.id)
        for row in db.execute(query):
            message = msgspec.convert(row.message, OutgoingMessage)
            is_private = message.address.private and message.address.room == one.user
            if is_private or one.user in (message.only_for, getattr(message.act, "user", None)):
                yield row


def _forget_messages(db: Connection, traces: Traces, changed: Callable[[str], str]) -> None:
    """What is for them alone goes. What was said to all is emptied, or written over where it still has to be said."""
    alone = [row.id for row in messages_to(db, traces.whose)]
    db.execute(delete(outbox).where(outbox.c.id.in_(alone)))
    named = {row.id for row in holding(db, select(outbox.c.id, outbox.c.message), outbox.c.message, traces.called)}
    for row in mentioning(db, select(outbox), outbox.c.message, traces):
        message = msgspec.convert(row.message, OutgoingMessage)
        rewritten = _rewritten(message, changed)
        if row.id in named or rewritten != message:
            _write(db, outbox, row, message=rewritten if row.state in _WAITING else _emptied(message), error=None)


def _emptied(message: OutgoingMessage) -> OutgoingMessage:
    bare: dict[str, Any] = {"table": None, "buttons": (), "files": (), "poll": None, "act": None, "topic": None}
    return msgspec.structs.replace(message, body=(Span(GONE),), **bare)


def _rewritten(message: OutgoingMessage, changed: Callable[[str], str]) -> OutgoingMessage:
    table = message.table
    if table:
        rows = tuple(tuple(changed(cell) for cell in row) for row in table.rows)
        table = msgspec.structs.replace(table, rows=rows)
    buttons = tuple(msgspec.structs.replace(b, label=changed(b.label)) for b in message.buttons)
    body = tuple(Span(changed(span.text), span.style) for span in message.body)
    topic = message.topic and msgspec.structs.replace(message.topic, title=changed(message.topic.title))
    return msgspec.structs.replace(message, body=body, table=table, buttons=buttons, topic=topic)


def set_aside_of(db: Connection, whose: Person) -> Iterator[Row[Any]]:
    """What a person did that could not be handled."""
    for row in db.execute(select(set_aside).where(set_aside.c.event.is_not(None)).order_by(set_aside.c.id)):
        actor = row.event.get("actor") or {}
        if Account(actor.get("platform", ""), actor.get("user", "")) in whose.accounts:
            yield row


def _forget_set_aside(db: Connection, traces: Traces, changed: Callable[[str], str]) -> None:
    theirs = [row.id for row in set_aside_of(db, traces.whose)]
    known = {*traces.called, *traces.texts}
    theirs += [row.id for row in holding(db, select(set_aside), set_aside.c.raw, known)]
    db.execute(delete(set_aside).where(set_aside.c.id.in_(theirs)))
    for column in (set_aside.c.event, set_aside.c.error):
        for row in mentioning(db, select(set_aside), column, traces):
            _write(db, set_aside, row, event=cleaned(row.event, traces, changed), error=changed(row.error))


def _forget_audit(db: Connection, traces: Traces) -> None:
    """Of what they did themselves no word stays; of what others did to them, not their name."""
    accounts = [str(one) for one in traces.whose.accounts]
    is_theirs = or_(audit.c.member.in_(traces.whose.members), audit.c.account.in_(accounts))
    for row in db.execute(select(audit).where(is_theirs)).all():
        _write(db, audit, row, account=None, details=_each_text(row.details, lambda _: GONE))
    changed = without_names(traces, *traces.handles, *traces.users)  # staff are shown accounts as they are
    for row in mentioning(db, select(audit), audit.c.details, traces):
        _write(db, audit, row, details=_each_text(row.details, changed))


def _each_text(value: Any, changed: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _each_text(item, changed) for name, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, changed) for item in value]
    return changed(value) if isinstance(value, str) else value


def _forget_marks(db: Connection, whose: Person) -> None:
    """Fingerprints become others, by which the person's own texts still differ; nobody can try texts against them."""
    salt = secrets.token_bytes(32)

    def other(mark: str) -> str:
        return blake2b(mark.encode(), key=salt, digest_size=8).hexdigest()

    for entries in (ledger, shadow_ledger):
        marked = entries.c.member.in_(whose.members) & entries.c.text.is_not(None)
        for row in db.execute(select(entries).where(marked)).all():
            _write(db, entries, row, text=other(row.text))
    theirs = fact.c.member.in_(whose.members) & has_one(fact.c["values"], [MARK])
    for id, values in db.execute(select(fact.c.id, fact.c["values"]).where(theirs)).all():
        if values[MARK] is None:  # a file without a word
            continue
        db.execute(update(fact).where(fact.c.id == id).values({"values": values | {MARK: other(values[MARK])}}))


# --- what adapters remember -------------------------------------------------------------------------------------------

_document = adapter_document.c


def documents_of(db: Connection, whose: Person) -> Iterator[Row[Any]]:
    """What adapters remember that is a person's own."""
    for one in whose.accounts:
        is_kind = _document.kind.endswith(f":{one.user}", autoescape=True)
        is_key = or_(_document.key == one.user, _document.key.endswith(f":{one.user}", autoescape=True))
        mine = or_(is_kind, is_key, has_one(_document.value, [one.user]))
        query = select(adapter_document).where(_document.adapter == one.platform, mine)
        for row in db.execute(query.order_by(_document.revision)):
            if row.kind != "update" and _is_own(row, one.user):  # what they do meanwhile is still to be handled
                yield row


def _is_own(row: Row[Any], user: str) -> bool:
    if row.key == user or row.key.endswith(f":{user}") or row.kind.endswith(f":{user}"):
        return True
    named = [row.value.get(name) for name in ("person", "author", "only_for")]
    return user in [one.get("id") if isinstance(one, Mapping) else one for one in named]


def forget_documents(db: Connection, whose: Person) -> None:
    """Delete what adapters remember that is a person's own."""
    for row in list(documents_of(db, whose)):
        db.execute(delete(adapter_document).where(_is_document(row)))


def _forget_documents(db: Connection, traces: Traces, changed: Callable[[str], str]) -> None:
    forget_documents(db, traces.whose)
    platforms = {one.platform for one in traces.whose.accounts}
    others = select(adapter_document).where(_document.adapter.in_(platforms))
    for row in mentioning(db, others, _document.value, traces):
        value = row.value if row.kind == "update" else cleaned(row.value, traces, changed)
        if value != row.value:
            db.execute(update(adapter_document).where(_is_document(row)).values(value=value))


def forget_files(db: Connection, whose: Person, contents: Collection[str]) -> None:
    """Take these files out of what the bot has posted, and has still to post; not out of what others posted."""
    for row in holding(db, select(adapter_document), _document.value, contents):
        if row.kind != "update" and not _is_anothers(db, row, whose):
            left = _without_files(row.value, contents)
            db.execute(update(adapter_document).where(_is_document(row)).values(value=left))
    for row in holding(db, select(outbox), outbox.c.message, contents):
        _write(db, outbox, row, message=_without_files(row.message, contents))


def _is_anothers(db: Connection, row: Row[Any], whose: Person) -> bool:
    author = row.value.get("author")
    mine = {one.user for one in whose.accounts if one.platform == row.adapter}
    if not isinstance(author, str) or author in mine:
        return False
    known = (account.c.platform == row.adapter) & (account.c.user == author)
    return db.execute(select(account.c.member).where(known).limit(1)).first() is not None


def _without_files(value: Any, contents: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_files(item, contents) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_files(item, contents) for item in value if not _is_file(item, contents)]
    return value


def _is_file(value: Any, contents: Collection[str]) -> bool:
    return isinstance(value, Mapping) and value.get("sha256") in contents


def _is_document(row: Row[Any]) -> ColumnElement[bool]:
    return and_(_document.adapter == row.adapter, _document.kind == row.kind, _document.key == row.key)


def _write(db: Connection, table: Table, row: Row[Any], **values: Any) -> None:
    db.execute(update(table).where(table.c.id == row.id).values(**values))
