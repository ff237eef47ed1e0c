"""The local press of the demo: three invented papers on loopback that publish, edit, retract and restore their stories.

`story` reads what is printed, `life` says when, `page` and `noise` make the HTML, `listing` what lists the stories, and
`server` serves it all. `score` counts which edits were found.
"""
