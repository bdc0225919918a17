"""A code and its rows -> everything the template of its page needs."""

import json
from collections.abc import Mapping
from datetime import date

from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe

from codes import indicators, narrative, page, sections
from codes.models import Code, Release, RvuRow
from codes.places import find_place, options, places_of
from codes.search.words import spell_out

# Coverage codes of the HCPCS Level II file (record layout of each CMS zip).
COVERAGE = {
    "C": "coverage is decided by the Medicare contractor",
    "D": "special coverage rules apply",
    "I": "not payable by Medicare",
    "M": "not covered by Medicare",
    "S": "not covered by Medicare, by law",
}


def code_context(code: Code, query: Mapping[str, str]) -> dict | None:
    """Context of the page; None where `release` of the query names one without this code."""
    rows = list(RvuRow.objects.of(code.code))
    current = next((row.release for row in rows if row.release.is_current), None) or Release.objects.current()
    releases = page.by_release(rows, current)
    shown = page.choose(releases, query.get("release"))
    if shown is None and query.get("release"):
        return None
    places = places_of(shown.release.pk, code.revision) if shown and shown.has_values else ()
    locality, trouble = find_place(places, query.get("locality", ""))
    main = shown.main if shown else None
    facts = _facts(code, shown, releases)
    text = _text(code, facts)
    past = page.history(releases)
    valued = [row for row in (shown.rows if shown else []) if row.work is not None]
    links = list(code.links())
    surgery = parse_date_safely(query.get("surgery_date", ""))
    return {
        "code": code,
        "text": text,
        "facts": facts,
        "release": shown.release if shown else None,
        "is_past": bool(shown and not shown.release.is_current),
        "asked_release": query.get("release"),
        "main": main,
        "services": [page.MODIFIERS[row.modifier] for row in valued],
        "components": page.component_rows(valued),
        "na_rows": [row for row in valued if row.nonfac_na or row.fac_na],
        "paid_services": [page.MODIFIERS[row.modifier] for row in page.paid_rows(shown)] if shown else [],
        "payments": (payments := _payments(shown, locality)),
        "has_cap": any(row.is_capped for row in payments),
        "is_paid": bool(main and page.is_paid(main)),
        "reason": "" if shown and shown.has_values else narrative.no_rvu_reason(facts),
        "locality_options": options(places, locality.key if locality else ""),
        "locality": locality,
        "locality_trouble": trouble,
        "indicators": page.indicator_list(main) if main else [],
        "shares": _shares(main),
        "surgery_date": surgery,
        "global_first": indicators.first_day_of_global(main.global_days, surgery) if main and surgery else None,
        "global_last": indicators.last_day_of_global(main.global_days, surgery) if main and surgery else None,
        "history": past if len(past) > 1 else [],
        "chart": page.chart(past),
        "hcpcs": _hcpcs(code),
        "specialties": [(key, name) for kind, key, name, _ in links if kind == "specialty"],
        "related": _related(links),
        "faqs": (questions := _faqs(code, text, facts, main, shown)),
        "json_ld": _json_ld(code, text, questions),
        "description": _meta_description(code, text, main, shown),
    }  # fmt: skip


def parse_date_safely(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _facts(code: Code, shown, releases) -> narrative.Facts:
    main = shown.main if shown else None
    current = next((entry.release.name for entry in releases if entry.release.is_current), "")
    hcpcs = code.hcpcs or {}
    wording = hcpcs.get("wording") or spell_out(main.descriptor if main else code.cms_descriptor)
    was_last = main is not None and shown.release.name != current and not shown.release.is_ahead
    return code.facts(
        wording=wording if code.wording_is_public else "",
        status=main.status if main else "",
        has_values=bool(shown and shown.has_values),
        work_is_zero=bool(main and main.work is not None and not main.work),
        global_days=main.global_days if main else "",
        pctc=main.pctc if main else "",
        nonfac_na=bool(main and main.nonfac_na),
        fac_na=bool(main and main.fac_na),
        bilat_surg=main.bilat_surg if main else "",
        asst_surg=main.asst_surg if main else "",
        release=shown.release.name if shown else current,
        last_release=shown.release.name if was_last else "",
        terminated=parse_date_safely(hcpcs.get("terminated") or ""),
    )


def _text(code: Code, facts: narrative.Facts) -> dict:
    """Texts of the page: an editor's, each missing one composed from the facts; `derived` says which."""
    composed = vars(narrative.narrate(facts))
    written = {name: getattr(code, name) if code.is_published else "" for name in composed}
    return {
        **{name: written[name] or composed[name] for name in composed},
        "is_derived": not written["description"],
        "synonyms": code.other_names,
    }


def _payments(shown, locality) -> list[page.PaymentRow]:
    if not shown:
        return []
    return page.payment_rows(shown, locality.label, locality.gpcis) if locality else page.payment_rows(shown)


def _shares(main) -> list[tuple[str, str]]:
    if not main or not (main.pre_op or main.intra_op or main.post_op):
        return []
    parts = (("before", main.pre_op), ("operation and hospital care", main.intra_op), ("visits after", main.post_op))
    return [(name, f"{share * 100:.0f}%") for name, share in parts]


def _hcpcs(code: Code) -> dict | None:
    if not code.hcpcs:
        return None
    dates = {name: parse_date_safely(code.hcpcs[name] or "") for name in ("added", "effective", "terminated")}
    return {**code.hcpcs, **dates, "coverage": COVERAGE.get(code.hcpcs["coverage"], "")}


def _related(links: list[tuple]) -> list[dict]:
    """Related codes; one without a text of ours is named by its section."""
    return [
        {"code": key, "name": name or sections.section_of(key), "category": category}
        for kind, key, name, category in links
        if kind == "related"
    ]


def _faqs(code: Code, text: dict, facts: narrative.Facts, main, shown) -> list[tuple[str, str]]:
    """Questions every page answers from its facts, then those an editor wrote."""
    label = f"{code.code_system} code {code.code}"
    result = [(f"What is {label}?", _full_stop(f"{label}: {text['name']}") + f" {text['description']}")]
    if facts.has_values and main and main.work is not None:
        result.append((f"What is the work RVU of {code.code}?", _work_answer(label, main, shown)))
    else:
        result.append((f"Does {code.code} have a work RVU?", f"No. {narrative.no_rvu_reason(facts)}"))
    return [*result, *_written(code)]


def _written(code: Code) -> list[tuple[str, str]]:
    return list(code.faqs.values_list("question", "answer")) if code.is_published else []


def _work_answer(label: str, main, shown) -> str:
    answer = f"{label} has a work RVU of {main.work} in CMS's release {shown.release.name}{_from(shown.release)}."
    settings = [("in an office", main.nonfac_total, main.nonfac_na), ("in a facility", main.fac_total, main.fac_na)]
    totals = " and ".join(f"{total} {where}" for where, total, na in settings if not na)
    if totals:
        answer += f" With practice expense and malpractice, the total is {totals}."
    if not page.is_paid(main):
        answer += " Medicare does not pay with these RVUs; other payers and employers may use them."
    return answer


def _from(release: Release) -> str:
    return ", which is not in force yet" if release.is_ahead else ""


def _full_stop(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _meta_description(code: Code, text: dict, main, shown) -> str:
    figures = ""
    if main and main.work is not None:
        figures = f" Work RVU {main.work}, CMS {shown.release.name}{_from(shown.release)}."
    lead = f"{code.code_system} {code.code}: {text['plain_language'] or text['description']}"
    return (lead if len(lead) < 150 else lead[:150].rsplit(" ", 1)[0] + " …") + figures


def _json_ld(code: Code, text: dict, faqs: list[tuple[str, str]]) -> SafeString:
    medical = {
        "@type": "MedicalCode", "codeValue": code.code, "codingSystem": code.code_system, "name": text["name"],
        "inCodeSet": {"@type": "CategoryCodeSet", "name": code.get_code_set_display()},
    }  # fmt: skip
    questions = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
        for question, answer in faqs
    ]
    crumbs = [
        ("Home", "/"),
        ("CPT Codes", "/cpt-codes/"),
        (code.category.name, code.category.get_absolute_url()),
        (code.code, ""),
    ]
    trail = [
        {"@type": "ListItem", "position": i, "name": name, **({"item": address} if address else {})}
        for i, (name, address) in enumerate(crumbs, start=1)
    ]
    graph = [
        medical,
        {"@type": "FAQPage", "mainEntity": questions},
        {"@type": "BreadcrumbList", "itemListElement": trail},
    ]
    return script_json({"@context": "https://schema.org", "@graph": graph})


def script_json(value: dict) -> SafeString:
    """JSON that can't end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308
