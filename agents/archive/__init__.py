"""The archive: what the topics tell, stored to be read.

`tables` says what is stored, `rows` makes it of events, `store` writes it, `documents` is what is searched.
"""
