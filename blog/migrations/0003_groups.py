"""What the groups of the staff desk may do with texts, questions and tickets."""

from django.db import migrations

from blog.roles import ROLES
from codes.roles import grant


def give_rights(apps, schema_editor):
    grant(apps, "blog", ROLES)


class Migration(migrations.Migration):
    dependencies = [("blog", "0002_history"), ("codes", "0008_groups")]
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
