"""Groups of the staff desk: Editor, Reviewer, Data manager. What an operator added to a group stays."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

from codes.roles import ROLES


def make_groups(apps, schema_editor):
    # Permissions come with post_migrate, after all migrations; the groups need them now.
    config = apps.get_app_config("codes")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, codenames in ROLES.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(*permission_model.objects.filter(content_type__app_label="codes", codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0005_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
