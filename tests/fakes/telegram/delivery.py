"""How updates get to the bot: getUpdates (one long poll at a time) or a webhook, never both."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.fakes.telegram.errors import Refusal, Violation, conflict
from tests.fakes.telegram.state import Json, World
from tests.fakes.telegram.wire import Call

_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(kw_only=True, eq=False)
class Webhook:
    url: str
    secret: str | None
    max_connections: int
    last_error: str | None = None
    last_error_at: int | None = None  # Unix seconds


@dataclass(kw_only=True, eq=False)
class Delivery:
    """`longest_poll` cuts long polls short (seconds), `retry_seconds` is the pause after a webhook that failed."""

    world: World
    longest_poll: float = 50.0
    retry_seconds: float = 0.02
    webhook: Webhook | None = None
    polling: asyncio.Task[Any] | None = None
    pushing: asyncio.Task[None] | None = None
    ended: set[asyncio.Task[Any]] = field(default_factory=set)  # polls that another one ended

    async def get_updates(self, call: Call) -> list[Any]:
        """Raises Refusal 409 with a webhook set, or when a later poll ends this one."""
        inbox, params = self.world.inbox, call.params
        if self.webhook is not None:
            raise conflict(_WEBHOOK_ACTIVE)
        limit = params.get("limit", 100)
        if not 1 <= limit <= 100:
            raise Violation("limit must be 1-100")
        self._end_poll()
        if params.get("allowed_updates") is not None:
            inbox.allowed = tuple(params["allowed_updates"])
        inbox.confirm(params.get("offset", 0))
        await self._wait(min(params.get("timeout", 0), self.longest_poll))
        return inbox.first(limit)

    async def _wait(self, seconds: float) -> None:
        self.polling = waiting = asyncio.ensure_future(self.world.inbox.wait(seconds))
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting not in self.ended:
                raise
            raise conflict(_OTHER_POLL) from None
        finally:
            waiting.cancel()
            self.ended.discard(waiting)
            if self.polling is waiting:
                self.polling = None

    def _end_poll(self) -> None:
        if self.polling is not None and not self.polling.done():
            self.ended.add(self.polling)
            self.polling.cancel()

    async def set_webhook(self, call: Call) -> bool:
        """An empty url takes it away. Plain http is accepted, as by a local server."""
        url, secret = call.params["url"], call.params.get("secret_token")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Violation("secret token contains unallowed characters")
        if not url:
            return await self.delete_webhook(call)
        if not url.startswith(("https://", "http://")):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self._end_poll()
        await self.stop()
        if call.params.get("drop_pending_updates"):
            self.world.inbox.drop()
        if call.params.get("allowed_updates") is not None:
            self.world.inbox.allowed = tuple(call.params["allowed_updates"])
        self.webhook = Webhook(url=url, secret=secret, max_connections=call.params.get("max_connections", 40))
        self.pushing = asyncio.create_task(self._push(self.webhook))
        return True

    async def delete_webhook(self, call: Call) -> bool:
        await self.stop()
        self.webhook = None
        if call.params.get("drop_pending_updates"):
            self.world.inbox.drop()
        return True

    async def webhook_info(self, _: Call) -> Json:
        hook, inbox = self.webhook, self.world.inbox
        info: Json = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(inbox.waiting),
        }
        if inbox.allowed:
            info["allowed_updates"] = list(inbox.allowed)
        if hook:
            info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
        if hook and hook.last_error:
            info |= {"last_error_message": hook.last_error, "last_error_date": hook.last_error_at}
        return info

    async def stop(self) -> None:
        if self.pushing is not None:
            self.pushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.pushing
            self.pushing = None

    async def _push(self, hook: Webhook) -> None:
        """One update after the other; each again and again until it is taken."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        inbox = self.world.inbox
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=30)) as session:
            while True:
                await inbox.wait(3600)
                if not inbox.waiting:
                    continue
                entry = inbox.waiting[0]
                trouble = await _post(session, hook.url, entry[1])
                if trouble is None:
                    inbox.waiting = [each for each in inbox.waiting if each is not entry]
                    continue
                hook.last_error, hook.last_error_at = trouble, self.world.seconds
                await asyncio.sleep(self.retry_seconds)


async def _post(session: aiohttp.ClientSession, url: str, update: Any) -> str | None:
    """What went wrong, or None."""
    try:
        async with session.post(url, json=update, allow_redirects=False) as response:
            await response.read()
            is_taken = 200 <= response.status < 300
            return None if is_taken else f"Wrong response from the webhook: {response.status} {response.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"
