"""The homework of the tests' course: one of each kind, and the moments that matter."""

GRADING = """
grading:
  within: 24h
  warn_at: 75
  step: 4h
  claim_for: 2h
  revise_within: 2d
extensions: {tokens: 1, each: 24h}
"""
NOTE = """
note:
  tier: practice
  title: {zh: 爆款笔记, en: Viral note}
  about: {zh: 写一篇小红书笔记，附上数据。, en: Write a note and add its figures.}
  covers: [hooks, data]
  opens: {day: 1, at: 09:00}
  due: {day: 2, at: 22:00}
  grace: 10m
  late: {accepted_for: 3d, loses: 10, per: 1d, at_most: 50}
  rubric:
    hook:
      title: {zh: 钩子, en: Hook}
      points: 30
      problems:
        no_number: {zh: 标题里没有数字, en: No number in the title}
        dull: {zh: 开头太平, en: The opening is dull}
    body: {title: {zh: 正文, en: Body}, points: 50}
    form: {title: {zh: 排版, en: Form}, points: 20}
"""
DRAW = """
draw:
  tier: challenge
  title: {zh: 设计封面, en: Draw a cover}
  opens: {day: 1, at: 09:00}
  due: {day: 3, at: 20:00}
  late: refused
  accepts: [photo, file, link]
"""
QUIZ = """
quiz_1:
  tier: base
  title: {zh: 第一课小测, en: Quiz one}
  lesson: 1
  covers: [hooks]
  opens: {day: 1, at: 20:00}
  due: {day: 3, at: 22:00}
  attempts: 2
  questions:
    - ask: {zh: 哪个标题最抓人？, en: Which title catches the eye?}
      options: [Good day, 3 tips that saved me, Hello]
      right: 2
      because: {zh: 数字更具体。, en: A number is concrete.}
      covers: hooks
    - ask: {zh: 哪些是钩子？, en: Which of these are hooks?}
      options: [A question, A number, A blank line, A yawn]
      right: [1, 2]
      covers: hooks
    - ask: {zh: 搜索流量靠什么？, en: What does search look at?}
      fill: [关键词, keyword]
      because: {zh: 标题里要有关键词。, en: Put the keyword into the title.}
    - ask: {zh: 写作的顺序？, en: In which order do you write?}
      order: [Topic, Draft, Polish]
"""
PLAN = """
plan:
  tier: practice
  title: {zh: 小组方案, en: Team plan}
  opens: {day: 2, at: 09:00}
  due: {day: 5, at: 20:00}
  team: {size: 2}
"""
HOMEWORK_NOTE = GRADING + NOTE
"""Only one, so that nobody needs to say which."""
HOMEWORK_NIGHTS = GRADING.replace("within: 24h", 'within: 24h\n  nights: {from: "22:00", until: "08:00"}') + NOTE
"""The same, graded by day."""
HOMEWORK_QUIZ = GRADING + QUIZ
HOMEWORK_TEAM = GRADING + PLAN
HOMEWORK_WORKS = GRADING + NOTE + DRAW
"""Two that are open at once."""
HOMEWORK = GRADING + NOTE + DRAW + QUIZ + PLAN
