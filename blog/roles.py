"""Who may do what with texts, questions and tickets, on top of codes/roles.py. What goes live is a reviewer's."""

EDITOR = [
    "view_text", "add_text", "change_text", "view_tag", "add_tag", "view_faqgroup", "view_question", "view_correction",
    "view_ticket", "change_ticket", "view_ticketmessage",
]  # fmt: skip
REVIEWER = [
    *EDITOR, "publish_text", "change_tag", "change_faqgroup", "add_question", "change_question", "delete_question",
    "add_correction", "change_correction",
]  # fmt: skip
ROLES = {"Editor": EDITOR, "Reviewer": REVIEWER}
