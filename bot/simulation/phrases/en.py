"""What people say in English."""

from bot.simulation.phrases.stock import Stock, parts_of

STOCK = Stock(
    check_in="checkin",
    make_up="make up",
    thanks="thanks",
    homework="homework",
    joiner=" ",
    farm="I have thought about today's task for a long time and I find it very useful and very interesting indeed.",
    addition=" (edited: one word was wrong)",
    chatter=parts_of("""
Morning!
On it.
Ha, same here
Nice one
Back after lunch
Done, I think
Same problem here
Love this
That took ages
So close
Coffee first
I'm lost, one moment
Ah, now I see
Well done
Reading it now
Two steps done
Later tonight
It works!
Nope, not yet
Good luck everyone
See you at eight
Wow
Me too
Half way
Good idea
Trying that now
On the train, back soon
""")[0],
    thought=parts_of("""
I went through today's task twice this morning.
It took me three tries to get this right.
Writing down what I did helped more than I expected.
I did the first part on the bus today.
I nearly gave up after lunch, and then it moved.
My first attempt was far too complicated.
I followed the example line by line today.
I started from the end this time.
Yesterday's material finally makes sense.
I compared my version with the one from last week.

The second step was the hard one,
The small example explained the most,
Reading it aloud helped,
Starting over was quicker than mending it,
The mistake stood in the very first line,
What I had left out was the dull part,
Doing less turned out to be the trick,
A night's sleep did more than an hour at the desk,
The hint in the material was enough,
I had mixed up two words all along,
Drawing it on paper made the difference,

and now the rest follows by itself.
so I'll keep that for the next one.
which I would never have guessed on day one.
and I can explain it to somebody else now.
although I don't yet see why.
and it fits on one page.
so today counts as a good day.
and my version is half as long.
which my daughter found very funny.
and tomorrow I'll try it without help.

Off to work now.
The tea is cold, but it was worth it.
Ask me again tomorrow.
My sister laughed at the result.
I'll tidy it up tonight.
The dog was no help at all.
That was the whole morning.
Back to the boring bit.
I took notes for once.
Half of it was luck.
It rained anyway.
I owe somebody a coffee.
My notes are a mess now.
I even skipped lunch for it.
Onwards.
A good reason to sleep early.
Not bad for a Monday person.
The bus was late, so I had time.
"""),
    share=parts_of("""
Tonight I want to show what changed this week:
A small thing from my desk:
My example of the day:
This one surprised me:
Something that I threw away today:
From my notebook:
A before and after:
The part that I'm proud of:
What went wrong, so that you need not do it again:
One from work:

I cut the middle and nobody missed it.
the version before lunch was the better one.
I asked a friend to read it, and they stopped at line two.
the shortest one won.
it only worked once I named things properly.
I kept the joke and lost the explanation.
three people understood it without a word from me.
the draft I hated is the one that people liked.
I replaced five lines with one.
the numbers were right and the order was wrong.

Tell me where you would have stopped.
Would you keep it?
I'd do it the same way again.
Next week I'll try the opposite.
Thanks to everybody who read the first draft.
It's not finished, and that's fine.
I learned it the slow way.
Your turn.

My brother says hello.
This took a whole evening.
I almost didn't post it.
It began as a joke.
Don't look at the title yet.
The first draft is in the bin.
I was sure it would fail.
My desk has never looked worse.
I counted twice.
It's better with sound.
Somebody here gave me the idea.
I did it standing in a queue.
There's a second part, for another day.
No cats were harmed.
I changed my mind at the very end.
It was quicker than I feared.
"""),
    question=parts_of("""
I'm stuck with the second step:
Something about today's task:
A beginner's question:
Before I start over:
I've read the material twice:
Maybe somebody has seen this before:
Quick one:
I must be missing something:

why does it work in the example and not for me
how long should this part be
do I have to redo yesterday's part first
what is the difference between the two ways
is it fine to leave out the last line
how do you decide what to drop
what would you do when both look right
where does one even begin with the third part
can I use my own example instead
which of the two versions reads better

today?
when there is only half an hour left?
in a case as small as mine?
on a phone?
the second time round?
"""),
    answer=parts_of("""
Look at the order of your steps first:
I had exactly that last week:
Short answer, it depends:
Nearly there:
Try it with the smallest case you can think of:
That part is easy to misread:
Good question, others wonder too:
You're closer than you think:

the example assumes that the first part is finished,
what you see is the old version,
the two ways give the same, one is only shorter,
the last line is what makes it work,
leave out everything that you can't explain,
the task means only the part after the colon,
take your own example, it will be clearer,
change one thing at a time and look again,

so do that first and run through it again.
then come back and tell us what you see.
and if it still fails, post the exact words.
which is why it looked right to you.
and the rest can stay as it is.
so you lose nothing by starting there.
and mark where it surprises you.
then compare it with day two.

It took me a day to see that.
No magic in it.
Shout if it still looks odd.
I learned this from somebody here.
You'll laugh when you see it.
Ten minutes, not more.
Then have a cup of tea.
It gets easier from there.
The rest of today's task is shorter.
I wrote it on a sticky note.
Happens to everybody once.
Tell us how it went.
And keep the old version, just in case.
I'd be surprised if that wasn't it.
Twice is enough.
My first try looked the same.
That's all there is to it.
It helps to do it slowly.
Somebody asked the same on day one.
Don't give up now.
"""),
    night=parts_of("""
Still awake!
Anyone here?
One more thought:
Can't sleep.
Listen to this:
And another one:

the moon is very bright tonight and so am I
I could write about breakfast for a whole hour
somebody should count how many messages there are
my neighbour's cat disagrees with all of this
points are points, whatever the hour
I wonder who reads this in the morning

and that's a fact.
don't you think so too.
la la la.
more in a minute.
to be continued.
good night.
"""),
)
