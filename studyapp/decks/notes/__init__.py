"""From lecture notes to proposed cards: lines and their kinds, the tree of items, what to ask of each, the deck."""
