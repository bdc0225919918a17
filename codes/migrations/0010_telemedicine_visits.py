from django.db import migrations
from django.db.models import Q

# CPT's telemedicine visits and the review of data sent from home belong to Evaluation & Management (codes/sections.py).
MOVED = Q(code__gte="98000", code__lte="98016") | Q(code="99091")


def move(apps, schema_editor):
    apps.get_model("codes", "Code").objects.filter(MOVED).update(category_id="evaluation-management")


class Migration(migrations.Migration):
    dependencies = [("codes", "0009_modifier_groups")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
