"""What is said while an event is handled: the answer to who caused it, posts, what staff are told."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import Done, Event
from bot.domain.ids import Language
from bot.domain.messages import File, OutgoingMessage, Policy, Sheet, Text, Words
from bot.domain.places import Space, SpaceKind
from bot.engine.alone import UNKNOWN, Reader
from bot.engine.parts import edits_in, in_place, is_part
from bot.engine.readers import Readers
from bot.engine.situation import Situation
from bot.engine.transaction import Belonging, Transaction, Wish
from bot.engine.voice import INTERACTION_LIFE, NOTICE_LIFE, REPLY_LIFE, Board, Label, Utterance, Where
from bot.engine.writes import Writes
from storage import pins
from storage.outbox import last_said, newest_post, posts_under, rest_of

log = logging.getLogger(__name__)

_REST = re.compile(r"\+[0-9]+$")
"""How the key of a part ends that follows the first one."""

Gathered = Callable[[Any, Sequence[Any]], None]
"""Takes the context, and all items that were gathered for it."""


@dataclass(slots=True)
class Reply:
    """What a handler answers, collected into one message."""

    lines: list[Words] = field(default_factory=list)
    board: Board | None = None
    buttons: list[Label] = field(default_factory=list)
    ways: list[Label] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    is_question: bool = False
    asks: bool | None = None
    sheet: Sheet | None = None
    key: str | None = None
    is_secret: bool = False


class Saying(Situation):
    """A situation in which something can be said; it leaves rows for the outbox."""

    def __init__(
        self,
        tx: Transaction,
        event: Event,
        belonging: Belonging,
        writes: Writes | None = None,
        readers: Readers | None = None,
    ) -> None:
        super().__init__(tx, event, belonging, writes)
        self._readers = readers or Readers(tx.db)
        self._reply = Reply()
        self._gathered: dict[Gathered, list[Any]] = {}
        self._said = 0

    # --- the answer ---------------------------------------------------------------------------------------------------

    def reply(self, id: str, /, *, buttons: Sequence[Label] = (), **values: Any) -> None:
        """Answer who caused the event. All lines of one handler become one message."""
        self.reply_words(Text(id=id, values=values))
        self._reply.buttons.extend(buttons)

    def reply_words(self, words: Words) -> None:
        self._reply.lines.append(words)

    def reply_buttons(self, buttons: Iterable[Label]) -> None:
        self._reply.buttons.extend(buttons)

    def reply_question(self, *, asks: bool) -> str:
        """Have the answer stand where it will be answered, whoever sees it there; the key of its message.

        `asks`: it is answered in words, and the platform may help with that.
        """
        self._reply.is_question, self._reply.asks = True, asks or None
        return self._reply_key

    def reply_under(self, space: Space, key: str) -> None:
        """Have what is said to the answer, in this space, be heard as what is said to posts whose keys begin so."""
        self._reply.key = _at(f"{key}:{self.event.key}", space)

    def reply_sheet(self, sheet: Sheet) -> None:
        """Answer with a form of the platform's own."""
        self._reply.sheet = sheet

    @property
    def _reply_key(self) -> str:
        return f"reply:{self.event.key}"

    def reply_table(self, rows: Sequence[Sequence[Words | str]], *, numbers: frozenset[int] = frozenset()) -> None:
        """Add a board to the answer; `numbers` are the columns that align right."""
        self._reply.board = Board(rows, numbers) if rows else None

    def reply_secret(self, id: str, /, **values: Any) -> None:
        """The same as `reply`, for what is worth something to whoever reads it: it is kept only until it is sent."""
        self._reply.is_secret = True
        self.reply(id, **values)

    def reply_file(self, file: File) -> None:
        """Send a stored file along with the answer."""
        self._reply.files.append(file)

    # --- posts --------------------------------------------------------------------------------------------------------

    def say(
        self,
        where: SpaceKind | Space,
        *lines: Words,
        key: str | None = None,
        buttons: Sequence[Label] = (),
        files: Sequence[File] = (),
        policy: Policy = "at_most_once",
        pin_as: str | None = None,
    ) -> None:
        """Post to a space of the course. A key that was used before says nothing again.

        `pin_as` pins the post; the one that was pinned under this name there before is unpinned.
        """
        what = Utterance(lines=lines, buttons=buttons, files=files, policy=policy)
        base = key or self._new_key()
        for space in self._spaces(where):
            post = _at(base, space)
            self._queue(post, what, Where(address=space.address))
            if pin_as:
                self._pin(post, space, pin_as)

    def say_to(self, user: str, space: Space, *lines: Words, key: str, language: Language | None = None) -> None:
        """Tell one person alone, in a space or in private; nothing where its platform would show it to all."""
        self.whisper(user, space, Utterance(lines=lines), key=key, language=language)

    def whisper(self, user: str, space: Space, what: Utterance, *, key: str, language: Language | None = None) -> None:
        """The same, with buttons, a policy or a life span of its own."""
        if self.engine.voice.can_reach(space.address.platform):
            where = Where(address=space.address, only_for=user)
            self._queue(_at(key, space), what, where, language)

    def keep_posted(
        self,
        where: SpaceKind | Space,
        *lines: Words,
        key: str,
        buttons: Sequence[Label] = (),
        board: Board | None = None,
        pin_as: str | None = None,
        is_worth_a_post: bool = False,
    ) -> None:
        """One post whose text is replaced: sent the first time, edited from then on; sent anew where that failed.

        Where a platform can't edit, a later text is posted anew if it is worth a post of its own, else dropped.
        """
        what = Utterance(lines=lines, board=board, buttons=buttons)
        self.keep(where, what, key=key, pin_as=pin_as, is_worth_a_post=is_worth_a_post)

    def keep(
        self,
        where: SpaceKind | Space,
        what: Utterance,
        *,
        key: str,
        pin_as: str | None = None,
        is_worth_a_post: bool = False,
        is_correction: bool = False,
    ) -> None:
        """The same for an utterance of any kind; a correction is nothing where there is nothing to correct."""
        for space in self._spaces(where):
            edit = what if is_worth_a_post else replace(what, policy="replaceable")
            post = self._keep(what, edit, _at(key, space), Where(address=space.address), is_correction)
            if pin_as:
                self._pin(post, space, pin_as)

    def keep_beside(
        self,
        space: Space,
        what: Utterance,
        *,
        key: str,
        reply_to: str | None = None,
        below: str | None = None,
        is_correction: bool = False,
    ) -> None:
        """The same as a reply to a message, or `below` the kept post with this key, as `say_below` does it."""
        within = newest_post(self.db, _at(below, space))[0] if below else None
        there = Where(address=space.address, reply_to=reply_to, within=within)
        self._keep(what, replace(what, policy="replaceable"), _at(key, space), there, is_correction)

    def _keep(self, what: Utterance, edit: Utterance, first: str, there: Where, is_correction: bool) -> str:
        """The key of the post as it stands there now."""
        post, is_there = newest_post(self.db, first)
        if is_there or any(q.message.key == post for q in self.writes.outgoing):
            self._edit(post, edit, replace(there, edits=post, reply_to=None))
        elif not is_correction:  # its failure is told for the first only
            self._queue(post, what if post == first else replace(what, policy="replaceable"), there)
        return post

    def _edit(self, post: str, what: Utterance, where: Where) -> None:
        """Each of its messages, unless that says so already: platforms count such an edit, and some refuse it.

        Of several edits in one event, the last is what is said. What is longer now goes on in further messages, and
        what is shorter leaves none behind.
        """
        key = f"{post}:edit:{self.event.key}"
        said_at = self.tx.said_at or self.event.at
        queued = self.engine.voice.queue(key, what, where, self.course.language, said_at)
        rest = [q.message for q in self.writes.outgoing if is_part(q.message, of=post)] + rest_of(self.db, post)
        self.writes.unsay(edits_in(key, rest, self.event.key))
        for target, part in in_place(queued, post, rest, self.event.key):
            about = [q.message for q in self.writes.outgoing if target in (q.message.key, q.message.edits)]
            last = about[-1] if about else last_said(self.db, target)
            if last is None or not says_the_same(part.message, last):
                self.writes.say([part])
        for part_left in rest[len(queued) - 1 :] if queued else []:
            self._delete(part_left.key, Where(address=part_left.address, within=part_left.within))

    def say_below(self, where: SpaceKind | Space, what: Utterance, *, key: str, below: str) -> None:
        """Post in the thread of a kept post, or as a reply to it where there are no threads; `below` is its key."""
        for space in self._spaces(where):
            post, _ = newest_post(self.db, _at(below, space))
            self._queue(_at(key, space), what, Where(address=space.address, within=post))

    def say_in_reply(self, where: SpaceKind | Space, what: Utterance, *, key: str, to: str) -> None:
        """Post as a reply to a kept post that begins no thread; `to` is its key."""
        for space in self._spaces(where):
            post, _ = newest_post(self.db, _at(to, space))
            self._queue(_at(key, space), what, Where(address=space.address, quotes=post))

    def take_back(self, beginning: str, instead: Words, *, is_rest: bool = False) -> None:
        """What was posted under keys that begin so says only `instead`; what shows files goes, where that is possible.

        `is_rest`: of kept posts with these keys, what a platform has split off, which no edit reaches; it goes, too.
        """
        for message in posts_under(self.db, beginning):
            if is_rest and not _REST.search(message.key):
                continue
            there = Where(address=message.address, within=message.within)
            what = Utterance(lines=[instead], policy="replaceable")
            if not ((message.files or is_rest) and self._delete(message.key, there)):
                self._edit(message.key, what, replace(there, edits=message.key))

    def _delete(self, post: str, there: Where) -> bool:
        """False where the platform can't."""
        what, at = Utterance(lines=(), policy="replaceable"), self.tx.said_at or self.event.at
        away = replace(there, deletes=post)
        queued = self.engine.voice.queue(f"{post}:gone", what, away, self.course.language, at)
        self.writes.say(queued)
        return bool(queued)

    def tell_staff(self, *lines: Words, key: str | None = None, buttons: Sequence[Label] = ()) -> None:
        """Post to the staff room of the course."""
        what = Utterance(lines=lines, buttons=buttons, life=NOTICE_LIFE)
        base = key or f"{self._new_key()}:staff"
        for space in self._spaces("staff"):
            self._queue(_at(base, space), what, Where(address=space.address))

    def _new_key(self) -> str:
        self._said += 1
        return f"{self.event.key}:{self._said}"

    def _pin(self, post: str, space: Space, name: str) -> None:
        """Pin a post, and unpin the one before it; nothing where this very one is pinned already."""
        before = pins.replace(self.db, self.course.id, name, space.address, post, at=self.now)
        if before == post:
            return
        act = Utterance(lines=(), policy="replaceable")
        if before:
            self._queue(f"{post}:unpin", act, Where(address=space.address, unpins=before))
        self._queue(f"{post}:pin", act, Where(address=space.address, pins=post))

    def _spaces(self, where: SpaceKind | Space) -> list[Space]:
        if isinstance(where, Space):
            return self.live.spaces_of(self.course.id, id=where.id)
        return self.live.spaces_of(self.course.id, kind=where)

    def _queue(self, key: str, what: Utterance, where: Where, language: Language | None = None) -> None:
        spoken, at = language or self.course.language, self.tx.said_at or self.event.at
        self.writes.say(self.engine.voice.queue(key, what, where, spoken, at, self._known_of(where)))

    def _known_of(self, where: Where) -> Reader:
        """Looked up only where an answer may take a detour."""
        if where.only_for is None or not self.engine.voice.writes_in_private(where):
            return UNKNOWN
        platform = where.address.platform
        is_open = self._readers.is_open(platform, where.only_for)
        if is_open:
            return Reader(can_write=True)
        may_write = is_open is None and self.engine.voice.writes_first(platform)
        is_crowded = self._readers.is_crowded(where.address, self.writes.outgoing)
        return Reader(may_write=may_write, is_crowded=is_crowded)

    # --- the end ------------------------------------------------------------------------------------------------------

    def gather(self, handler: Gathered, item: Any) -> None:
        """Hand all such items over together, when everything that follows from the event is known."""
        self._gathered.setdefault(handler, []).append(item)

    def once_afterwards(self, key: str, act: Callable[[Any], None]) -> None:
        """Have something be done when all events of the batch are, once for all that ask under this key in the course.

        It gets the context of the first of them, and may post, but not answer. Such as a counter, which many raise at
        once, and of which nobody sees but the last figure.
        """
        wish = Wish(act, self.event, self.course.id, self.space, self._member, self.tx.said_at)
        self.tx.afterwards.setdefault(f"{self.course.id}:{key}", wish)

    def finish(self, *, key: str | None = None) -> None:
        """Turn the collected answer into a message."""
        gathered, self._gathered = self._gathered, {}
        for handler, items in gathered.items():
            handler(self, items)
        reply, self._reply = self._reply, Reply()
        if not (reply.lines or reply.board or reply.sheet):
            self._hear_press()
            return
        if not isinstance(self.event, Done):
            self.say("main", *reply.lines)  # nobody asked: what a rule says about the clock's facts is for all
            return
        answers = getattr(self.event, "interaction", None)
        life = INTERACTION_LIFE if answers else REPLY_LIFE
        command = self.engine.registry.command_in(self.event)
        what = Utterance(
            lines=reply.lines,
            board=reply.board,
            buttons=reply.buttons,
            ways=reply.ways,
            files=reply.files,
            life=life,
            asks=reply.asks,
            sheet=reply.sheet,
            is_answer=True,
            is_confidential=command is not None and command.is_private,
            is_secret=reply.is_secret,
        )
        where = Where(
            address=self.event.address,
            reply_to=getattr(self.event, "message", None),
            only_for=self._reader(self.event, is_open=reply.is_question or bool(command and command.is_public)),
            answers=answers,
        )
        self._queue(key or reply.key or self._reply_key, what, where, self.language)

    def _hear_press(self) -> None:
        """Who has pressed a button and is told nothing sees at least that it was heard."""
        waiting, event = getattr(self.event, "interaction", None), self.event
        if waiting and isinstance(event, Done) and self.engine.voice.must_answer(event.address.platform):
            what = Utterance(lines=(), life=INTERACTION_LIFE, policy="replaceable")
            self._queue(f"heard:{event.key}", what, Where(address=event.address, answers=waiting), self.language)

    def _reader(self, event: Done, *, is_open: bool) -> str | None:
        """Who alone reads the answer. Staff see each other's, where a platform can't whisper: they work together."""
        is_among_staff = self.space is not None and self.space.kind == "staff"
        is_waiting = getattr(event, "interaction", None) is not None
        can_whisper = self.engine.voice.can_whisper(event.address.platform, is_answer=is_waiting)
        is_seen = (is_open or is_among_staff) and not can_whisper
        return None if event.address.private or is_seen else event.actor.user

    def start_over(self, mistake: UserError) -> None:
        """Forget what was decided; the answer is what went wrong."""
        self.writes = Writes()
        self._gathered = {}
        for key in [key for key, wish in self.tx.afterwards.items() if wish.event.key == self.event.key]:
            del self.tx.afterwards[key]
        self.refuse(mistake)

    def refuse(self, mistake: UserError) -> None:
        """Answer with what went wrong, where nothing was decided yet."""
        log.info("event %r was answered with %s", self.event.key, mistake.text.id)
        self._reply = Reply(lines=[mistake.text])
        for button in mistake.buttons:
            labels = self._reply.ways if button.is_private else self._reply.buttons
            labels.append((Text(id=button.label), button.command))


def says_the_same(one: OutgoingMessage, other: OutgoingMessage) -> bool:
    """Whether nobody would see a difference."""
    shown = ("body", "table", "buttons", "files", "topic", "poll")
    return all(getattr(one, name) == getattr(other, name) for name in shown)


def _at(key: str, space: Space) -> str:
    return f"{key}@{space.address.platform}:{space.address.chat}"
