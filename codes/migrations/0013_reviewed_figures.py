from django.db import migrations, models

COMPARED = ("work", "nonfac_pe", "fac_pe", "mp", "nonfac_total", "fac_total", "status")


def keep_what_was_seen(apps, schema_editor):
    """Of codes reviewed so far: the figures of the release of their review, as it is now."""
    codes, all_rows = (apps.get_model("codes", name).objects for name in ("Code", "RvuRow"))
    reviewed = {code.pk: code for code in codes.exclude(reviewed_release=None).only("reviewed_release")}
    for code in reviewed.values():
        code.reviewed_figures = {}
    rows = all_rows.filter(code__reviewed_release=models.F("release")).order_by()
    for code, modifier, *values in rows.values_list("code_id", "modifier", *COMPARED):
        reviewed[code].reviewed_figures[modifier] = [None if value is None else str(value) for value in values]
    codes.bulk_update(reviewed.values(), ["reviewed_figures"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("codes", "0012_index_fingerprint")]

    operations = [
        migrations.AddField(
            model_name="code",
            name="reviewed_figures",
            field=models.JSONField(
                blank=True,
                editable=False,
                help_text="CMS's figures as the reviewer saw them (codes/review.py); NULL where nobody reviewed.",
                null=True,
            ),
        ),
        migrations.RunPython(keep_what_was_seen, migrations.RunPython.noop),
    ]
