"""The punctuation of many scripts, by what it does."""

SENTENCE_ENDS = frozenset(".!?…。！？؟।")
CLAUSE_ENDS = frozenset(",;:–—，、；：،؛")
CLOSERS = frozenset("\"'”’»)]}」』")
OPENERS = frozenset("\"'“‘„«»([「『")
DASHES = frozenset("-–—•|")
