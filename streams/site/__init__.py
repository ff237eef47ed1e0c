"""The archive's pages, feeds, programming interface and live stream, as a web server that only reads the database.

`server` names every address, `pages`, `feeds`, `api` and `live` answer them, `words` says things in words.
"""
