"""What people may need on the day, and what a room can have. What is needed, never why. Pure."""

from enum import StrEnum


class Need(StrEnum):
    """Needs that can be ticked; anything else is said in words."""

    STEP_FREE = "step-free"
    TOILET = "toilet"
    LOOP = "loop"
    PARKING = "parking"
    QUIET = "quiet"
    SIGNING = "signing"
    CAPTIONS = "captions"
    LARGE_PRINT = "large-print"
    BREAKS = "breaks"
    CAMERA_OFF = "camera-off"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The need as a page says it."""
        return _WORDS[self]


_WORDS = {
    Need.STEP_FREE: "Step-free access",
    Need.TOILET: "An accessible toilet",
    Need.LOOP: "A hearing loop",
    Need.PARKING: "Parking close by",
    Need.QUIET: "A quiet room",
    Need.SIGNING: "A sign language interpreter",
    Need.CAPTIONS: "Captions",
    Need.LARGE_PRINT: "Large print",
    Need.BREAKS: "Regular breaks",
    Need.CAMERA_OFF: "Camera off",
    Need.OTHER: "Something else",
}

TICKED = tuple(one for one in Need if one is not Need.OTHER)
OF_THE_ROOM = (Need.STEP_FREE, Need.TOILET, Need.LOOP, Need.PARKING, Need.QUIET)

AT_ONE_TABLE = (Need.STEP_FREE, Need.LOOP, Need.SIGNING)


def asked_for(ticked: list[str], text: str) -> list[tuple[Need, str]]:
    """What to arrange: each need ticked, then each line of what was written."""
    chosen = [(need, need.words) for need in TICKED if need in ticked]
    return chosen + [(Need.OTHER, line.strip()) for line in text.splitlines() if line.strip()]


def lacking(needs: set[str], features: list[str]) -> list[Need]:
    """What people need of the room and it is not known to have."""
    return [one for one in OF_THE_ROOM if one in needs and one not in features]
