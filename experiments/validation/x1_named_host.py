"""X1: where a named person of the host takes part, comments are more civil. The same replies by a logo do nothing.

Finding: on 70 posts of a local television station some 2,500 comments were written; where a reporter took part, an
uncivil comment was 15 % less likely, where the station did so under its logo there was no difference. Source: Stroud et
al. 2014, Engaging News Project; the authors' report page and press were read; an experiment by days.
"""

from sim.lab.validation import Row

ROW = Row(
    id="X1", title="A named person makes comments civil, a logo does not",
    source="Stroud et al. 2014, Engaging News Project", read="abstract or summary", evidence="experiment", tier=1,
    profile="media_ads", stated="nothing", pooling="seeds",
    missing="Replies have no tone here: nobody is hostile or civil of their own accord, so there is no share to tell. "
    "A host's tone, from logo to peer, moves belonging and trust of those whom it answers, so a rule of hostility by "
    "grievance, belonging and trust could make this finding emerge; one that made replies civil because a person is "
    "there would only repeat it.",
)  # fmt: skip
