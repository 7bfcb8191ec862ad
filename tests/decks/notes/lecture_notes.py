"""Lecture notes in five habits of writing them, for the tests of drafting."""

HASTY = """\
Databases, lesson 3
Index
Mostly a balanced tree, because it keeps lookups logarithmic for example.
Transactions
Atomicity and WAL (Write Ahead Log) for recovery here
Quizz:
- Deadlock, if both wait? Draw the graph of waits and look for a cycle
Isolation levels
Serialisable used for money. But if we only read, should we pay for it? We could take a snapshot instead. Paper on how \
SNAPSHOT isolation fails to prevent write skew look at the slides
Recovery
Link to group commit?? Checkpoints
Log, keep it small with checkpoints?
large scale logging paper to read
Sharding the hot spot problem
Hashing
Consistent with virtual nodes?? Add this to @TODO ANKI. Same load on each server.
"""
"""No bullets: a short line is the title of the longer ones below it."""

OUTLINE = """\
Foundations of sorting

October 3, 2024

  • reasons to sort
    • lookup, grouping, merging
  • quicksort
    • pivot
      • splits the list
      • chosen at random
      • read once per level, which keeps the cost of a level linear in the length of the list and is easy to see
    • kinds
      • in place (swaps elements inside one array)
      • stable (keeps equal elements in their order)
  • in practice
\t• hybrid
\t\t• falls back to insertion sort
    • how does the choice of the pivot change the depth of the recursion

References:
"""
"""Nested bullets."""

FLAT = """\
3-9 Caches
- Why:
- Hide the latency of memory
- Types:
- direct: one place for each block
- LRU:
- $\\large t = h + m \\cdot p$
- Used when places are many
- Set associative:
- $\\frac{1}{$
- Advantages:
- small tags
- cheap
11-15 Pipelines
- Hazards:
- Data hazard
- $c = n + 4$
20-22 Branch tables in assembler
Post Views: 7
Comments are closed
"""
"""Bullets that are not indented, heads with colons, page ranges."""

PROSE = """\
Notes:Networks

From TheirWiki
Jump to navigation Jump to search

1. Exercise: in pairs you build a small router.

Lecture 1: Packets and routes

A router forwards packets by their longest matching prefix. Routes are learned via gossip. Each entry names the next \
hop and a cost, and it is replaced when a cheaper one is heard. Loops are broken by a counter in the packet that falls \
at every hop until the packet is dropped.

Congestion

Congestion windows grow additively.

Lecture 2:

Lecture 3: ..
"""
"""Paragraphs under short lines, copied from a wiki."""

FLASHCARDS = """\
1/12
Name | Mastery | Learn |
---|
What is a monad in functional programming?
A type with bind and unit that obeys three laws.
Analogy: A box that knows how to chain itself.
What does a functor let you do?
Why are pure functions easy to test?
They have no state.
They answer the same each time.
So nothing has to be set up.
"""
"""Questions with their answers below."""

ALL = {"hasty": HASTY, "outline": OUTLINE, "flat": FLAT, "prose": PROSE, "flashcards": FLASHCARDS}
