"""Who may do what at the staff desk. A superuser is not needed for daily work."""

from django.contrib.auth.management import create_permissions

EDITOR = [
    "view_code",
    "change_code",
    "view_category",
    "view_specialty",
    "view_modifier",
    "view_release",
    "view_hcpcsrelease",
    "view_benchmark",
    "view_caseminimum",
]
REVIEWER = [
    *EDITOR, "publish_code", "change_category", "add_specialty", "change_specialty", "change_modifier",
    "add_benchmark", "change_benchmark", "add_caseminimum", "change_caseminimum",
]  # fmt: skip
DATA_MANAGER = [
    "view_code", "view_category", "view_specialty", "view_modifier", "view_release", "view_hcpcsrelease", "import_release",
]  # fmt: skip
ROLES = {"Editor": EDITOR, "Reviewer": REVIEWER, "Data manager": DATA_MANAGER}


def grant(apps, app_label: str, roles: dict[str, list[str]]) -> None:
    """For migrations: makes the groups and gives them these rights. Permissions come with post_migrate, after all
    migrations, and are needed now."""
    config = apps.get_app_config(app_label)
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in roles.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(
            *permission_model.objects.filter(content_type__app_label=app_label, codename__in=codenames)
        )
