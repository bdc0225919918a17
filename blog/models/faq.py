"""What people ask, in groups."""

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from codes.models import CatalogueModel


class FaqGroup(CatalogueModel):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    loaded_text = models.CharField(max_length=64, blank=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = "group of questions"
        verbose_name_plural = "groups of questions"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('support')}#{self.slug}"


class Question(CatalogueModel):
    group = models.ForeignKey(FaqGroup, models.CASCADE, related_name="questions")
    question = models.CharField(max_length=200)
    answer = models.TextField(help_text="Markdown; figures by tags, as in a post.")
    order = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "question"], name="one_question_a_group")]

    def __str__(self):
        return self.question
