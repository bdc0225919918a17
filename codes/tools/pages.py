"""The pages of tools and reference: what each is called, and what its index says of it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Page:
    """Title and description of one page. `parent` is the URL name above it in the trail."""

    name: str
    title: str
    description: str
    summary: str = ""
    parent: str = "resources"


PAGES = {
    page.name: page
    for page in (
        Page("resources", "Resources", "Calculators, comparisons and reference tables for work RVUs and Medicare payment, each with its sources.", parent=""),
        Page(
            "rvu-calculator", "RVU calculator",
            "Work RVUs and Medicare payment of a list of codes with modifiers and units, with every reduction for several procedures shown step by step.",
            "A list of codes with modifiers and units: work RVUs and Medicare payment for each line and in sum, step by step.",
        ),
        Page(
            "code-compare", "Compare codes",
            "Two to six CPT or HCPCS codes side by side: RVUs, payment in both settings with both conversion factors, and CMS's indicators.",
            "Two to six codes side by side: RVUs, payment in both settings, and what CMS's indicators say.", "code-list",
        ),
        Page(
            "code-changes", "What changed",
            "Codes that are new, deleted or revalued between two releases of the physician fee schedule, by category and size of the change.",
            "Codes that are new, deleted or revalued between two releases of CMS's fee schedule file.", "code-list",
        ),
        Page(
            "conversion-factor-history", "Conversion factor history",
            "Medicare's conversion factors since 2010, with mid-year changes and, from 2026 on, both factors, each with its source.",
            "What Medicare paid for one RVU since 2010, with mid-year changes and, from 2026 on, both factors.",
        ),
        Page(
            "benchmarks", "Benchmarks by specialty",
            "Published percentiles of annual work RVUs and pay by specialty, each with its survey, year and source.",
            "Percentiles of work RVUs and pay that surveys have made public, each with its year and source. Few, because most are licensed.",
        ),
        Page(
            "acgme-requirements", "ACGME case log requirements",
            "Minimum case numbers for residents and fellows by specialty and category, each with its source and effective year.",
            "Case minimums of residents and fellows by specialty, each with its source, year and how far to trust it.",
        ),
        Page(
            "modifiers", "Modifiers",
            "What each modifier does to Medicare payment and to the work RVU an employer credits, in plain words.",
            "What each modifier does to payment and to credited work RVUs, in plain words.",
        ),
        Page("students", "For medical students", "Look up a procedure in plain words and learn to read its RVUs, one step at a time, on that very code.", parent=""),
        Page("residents", "For residents", "Case minimums of your specialty, each with its source, and codes that it uses, with their work RVUs.", parent=""),
        Page("attendings", "For attendings", "Estimate annual work RVUs and pay from a weekly mix of codes, and see where the sum stands among published benchmarks.", parent=""),
    )
}  # fmt: skip


def show(request: HttpRequest, name: str, context: dict) -> HttpResponse:
    """Renders templates/codes/tools/NAME.html with what every one of these pages needs."""
    page = PAGES[name]
    return render(request, f"codes/tools/{name}.html", {"page": page, "above": PAGES.get(page.parent), **context})
