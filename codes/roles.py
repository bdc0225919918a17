"""Who may do what at the staff desk. A superuser is not needed for daily work."""

EDITOR = [
    "view_code",
    "change_code",
    "view_category",
    "view_specialty",
    "view_modifier",
    "view_release",
    "view_hcpcsrelease",
]
REVIEWER = [
    *EDITOR, "publish_code", "change_category", "add_specialty", "change_specialty", "change_modifier",
]  # fmt: skip
DATA_MANAGER = [
    "view_code", "view_category", "view_specialty", "view_modifier", "view_release", "view_hcpcsrelease", "import_release",
]  # fmt: skip
ROLES = {"Editor": EDITOR, "Reviewer": REVIEWER, "Data manager": DATA_MANAGER}
