"""The site as it will be, drawn again at each save: `serve`.

    session   one look at the project: every file of the site, marks, warnings
    memory    what one look leaves for the next
    board     the last good site and what is wrong now, shared by all threads
    injected  what a page gets in a preview alone
    answers   one answer to one request, from the files in memory
    server    HTTP on a loopback address, and the stream of events
    watching  when to look again
    serving   all of it together

Nothing is written: a site is bytes in memory, and a new one takes the place of the old
one at once, so that no half of one is ever served.
"""
