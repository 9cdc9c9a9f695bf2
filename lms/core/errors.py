"""Refusals: rules that say no with a sentence a person can act on."""


class Refusal(Exception):
    """A rule said no. `sentence` is shown beside `field` (a form field's name), or on top when there is none."""

    sentence = "That is not possible."
    field: str | None = None

    def __init__(self, sentence: str | None = None, field: str | None = None) -> None:
        self.sentence = sentence or self.sentence
        self.field = field or self.field
        super().__init__(self.sentence)


class NotFound(Exception):
    """There is nothing here that this person can see; answered as 404, whether it exists or not."""
