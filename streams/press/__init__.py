"""The local press of the demo: three invented papers on loopback that publish, edit, retract and restore their stories.

`story` reads what is printed, `life` says when, `clock` how fast that goes by, `page` and `noise` make the HTML,
`server` serves it, and `crawl` fetches it.
"""
