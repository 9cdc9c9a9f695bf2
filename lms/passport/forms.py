"""Forms of one's own pages and of the public check."""

from lms.web.forms import PageForm


class FileForm(PageForm):
    """A passport file to check. The file itself is read by the view, since it is not text."""
