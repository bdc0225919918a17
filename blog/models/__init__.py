from blog.models.correction import Correction
from blog.models.faq import FaqGroup, Question
from blog.models.text import Tag, Text
from blog.models.ticket import Ticket, TicketMessage

__all__ = ["Correction", "FaqGroup", "Question", "Tag", "Text", "Ticket", "TicketMessage"]
