"""What was wrong on this site, told in public."""

from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from codes.models import CatalogueModel


class Correction(CatalogueModel):
    date = models.DateField(help_text="The day it was put right.")
    wrong = models.TextField("what was wrong")
    right = models.TextField("what is right")
    page = models.CharField(
        max_length=200,
        validators=[RegexValidator(r"^/(?!/)\S*$", "A path on this site, such as /cpt-codes/surgery/27447/.")],
        help_text="The page it stood on, as a path: /cpt-codes/surgery/27447/",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["-date", "-pk"]

    def __str__(self):
        return f"{self.date} {self.page}"
