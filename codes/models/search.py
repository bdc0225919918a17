"""What search knows; the full-text indexes hang on it."""

from django.db import models


class SearchDocument(models.Model):
    """What search knows of a code: stems in three fields. The full-text index of either database follows it."""

    # Rebuilt from the codes in one transaction: the database need not look up each of 17,000 again.
    code = models.ForeignKey("codes.Code", models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    names = models.TextField(help_text="Our name, synonyms and nicknames; phrases parted by |.")
    descriptor = models.TextField(help_text="CMS's wording, spelled out.")
    body = models.TextField(help_text="Our texts.")
    weight = models.FloatField(help_text="How often the code is looked for, apart from any words: 0 to 1.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="one_document_a_code")]

    def __str__(self):
        return self.code_id


class SearchTerm(models.Model):
    """A stem that occurs in the index, for idf and for what was mistyped."""

    stem = models.CharField(max_length=60, primary_key=True)
    documents = models.PositiveIntegerField()

    def __str__(self):
        return self.stem
