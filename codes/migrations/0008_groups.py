"""Groups of the staff desk: Editor, Reviewer, Data manager. What an operator added to a group stays."""

from django.db import migrations

from codes.roles import ROLES, grant


def make_groups(apps, schema_editor):
    grant(apps, "codes", ROLES)


class Migration(migrations.Migration):
    dependencies = [
        ("codes", "0007_more_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
