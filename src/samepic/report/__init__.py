"""What a run did, for people who would rather look than read: one page and one picture."""

from samepic.report.document import Document, Figure, Section
from samepic.report.faces import Face, Faces
from samepic.report.save import may_save, save

__all__ = ["Document", "Face", "Faces", "Figure", "Section", "may_save", "save"]
