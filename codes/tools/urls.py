from django.urls import path

from codes.tools import calculator, changes, compare, reference, stages

urlpatterns = [
    path("resources/", reference.resources, name="resources"),
    path("resources/rvu-calculator/", calculator.rvu_calculator, name="rvu-calculator"),
    path("resources/conversion-factor-history/", reference.conversion_factor_history, name="conversion-factor-history"),
    path("resources/benchmarks-by-specialty/", reference.benchmarks, name="benchmarks"),
    path("resources/acgme-case-log-requirements/", reference.acgme_requirements, name="acgme-requirements"),
    path("resources/modifiers/", reference.modifiers, name="modifiers"),
    path("cpt-codes/compare/", compare.code_compare, name="code-compare"),
    path("cpt-codes/changes/", changes.code_changes, name="code-changes"),
    path("students/", stages.students, name="students"),
    path("residents/", stages.residents, name="residents"),
    path("attendings/", stages.attendings, name="attendings"),
]
