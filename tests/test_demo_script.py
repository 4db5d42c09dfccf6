"""What classmates of the demo say by themselves."""

from datetime import timedelta
from pathlib import Path

from tests.community import Community, write_course

DEMO = """
classmates:
  - {id: mia, name: Mia}
  - {id: tom, name: Tom}
script:
  - {day: 1, at: 10:00, who: mia, says: Which pencil do you use?}
  - {day: 1, at: 10:05, who: mia, says: Anybody?}
  - {day: 1, at: 11:00, who: tom, says: A soft one., replies_to: Which pencil}
"""


async def test_a_classmate_replies_to_the_newest_message_that_holds_the_words(tmp_path: Path) -> None:
    community = await Community.open(tmp_path / "data", write_course(tmp_path / "writing", demo=DEMO))
    try:
        control, chat = community.run.control, community.run.adapter.chat
        await control.advance(control.now() + timedelta(hours=3))
        said = {message.text: message for message in await chat.history("mia", "main")}
        assert said["A soft one."].reply_to == said["Which pencil do you use?"].number
    finally:
        await community.close()
