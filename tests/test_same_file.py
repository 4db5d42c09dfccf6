"""Whether a file that is handed in once more is the same one."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from bot.features.homework.store.tables import submission
from tests.community import Community
from tests.homework_course import HOMEWORK_NOTE

PNG = b"\x89PNG\r\n\x1a\n"
pytestmark = pytest.mark.every_platform


async def test_a_file_of_the_same_name_and_size_is_another_version(
    open_community: Callable[..., Awaitable[Community]],
) -> None:
    course = await open_community(homework=HOMEWORK_NOTE)
    await course.until(10)
    for content in (b"a", b"b"):
        await course.sends("ada", PNG + content * 40, name="photo.png", media_type="image/png", text="#作业")
    assert len(await course.rows(select(submission))) == 2
