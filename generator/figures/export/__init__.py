"""Figures as pictures of their own: what a reader takes into a talk.

    layouts            each kind of figure and how it is drawn
    strips ... fields  the drawing of one or more kinds
    frame, keys        head, scales and notes around it
    card               the picture that other sites show of a page
    svg, png           a picture as a file

Nothing is imported here: a page that only recalls its figures needs no layout.
"""
