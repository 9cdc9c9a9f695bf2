"""The form of one's choices about mails."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField

from lms.notifications.kinds import WORDS, Choice, Topic
from lms.web.forms import PageForm, choice


class ChoicesForm(PageForm):
    """When mails come: one field for each topic that leaves a choice, named after the topic."""

    def __init__(self, topics: Sequence[Topic], chosen: Mapping[str, Choice]) -> None:
        self._topics = [topic for topic in topics if topic.gathers]
        super().__init__(None, **{topic.key: chosen[topic.key].value for topic in self._topics})

    @classmethod
    def of(cls, topics: Sequence[Topic], chosen: Mapping[str, Choice]) -> "ChoicesForm":
        """The form for these topics."""
        fields: dict[str, Any] = {
            topic.key: SelectField(
                topic.title,
                description=" ".join(
                    filter(None, (topic.about, topic.why and f"It cannot be switched off. {topic.why}"))
                ),
                choices=[choice(one.value, WORDS[one]) for one in topic.choices],
            )
            for topic in topics
            if topic.gathers
        }
        made: ChoicesForm = type("Choices", (cls,), fields)(topics, chosen)
        return made

    @property
    def chosen(self) -> dict[str, Choice]:
        """What was chosen, by topic."""
        return {topic.key: Choice(self[topic.key].data) for topic in self._topics}
