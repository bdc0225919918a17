"""A code and its rows -> everything the template of its page needs."""

import json
from collections.abc import Mapping
from datetime import date
from itertools import chain

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe

from codes import indicators, narrative, page, sections
from codes.models import Code, Release
from codes.models.code import code_address
from codes.page_queries import Link, links_of, releases_in_use, rows_of
from codes.places import find_place, options, places_of
from codes.search.words import spell_out
from codes.text_figures import figures_of, html, plain

# Coverage codes of the HCPCS Level II file (record layout of each CMS zip).
COVERAGE = {
    "C": "coverage is decided by the Medicare contractor",
    "D": "special coverage rules apply",
    "I": "not payable by Medicare",
    "M": "not covered by Medicare",
    "S": "not covered by Medicare, by law",
}


def code_context(code: Code, query: Mapping[str, str], written: list | None = None) -> dict | None:
    """Context of the page; None where `release` of the query names one without this code.

    `written` are questions and answers to show in place of those that are published.
    """
    current = next((release for release in releases_in_use(code.revision).values() if release.is_current), None)
    releases = page.by_release(rows_of(code), current)
    shown = page.choose(releases, query.get("release"))
    if shown is None and query.get("release"):
        return None
    places = places_of(shown.release.pk, code.revision) if shown and shown.has_values else ()
    locality, trouble = find_place(places, query.get("locality", ""))
    main = shown.main if shown else None
    facts = _facts(code, shown, releases, current)
    text = _text(code, facts)
    links = links_of(code)
    questions = [*_faqs(code, text, facts, shown), *(_written(code, links) if written is None else written)]
    figures = figures_of([*(value for value in text.values() if isinstance(value, str)), *chain(*questions)])
    said = {name: plain(value, figures) if isinstance(value, str) else value for name, value in text.items()}
    indicating = page.indicator_list(main) if main else []
    past = page.history(releases)
    valued = [row for row in (shown.rows if shown else []) if row.work is not None]
    surgery = parse_date_safely(query.get("surgery_date", ""))
    return {
        "code": code,
        "text": {name: html(value, figures) if isinstance(value, str) else value for name, value in text.items()},
        "facts": facts,
        "title": _title(code, text, facts),
        "gone_tag": narrative.gone_tag(facts),
        "part_rest": narrative.rest(facts),
        "release": shown.release if shown else None,
        "is_other_release": bool(shown and not shown.release.is_current),
        "asked_release": query.get("release"),
        "main": main,
        "lead": shown.valued if shown else None,
        "services": [page.MODIFIERS[row.modifier] for row in valued],
        "components": page.component_rows(valued),
        "na_rows": [row for row in valued if row.nonfac_na or row.fac_na],
        "paid_services": [page.MODIFIERS[row.modifier] for row in page.paid_rows(shown)] if shown else [],
        "payments": (payments := _payments(shown, locality)),
        "has_cap": any(row.is_capped for row in payments),
        "reason": "" if shown and shown.has_values else narrative.no_rvu_reason(facts),
        "locality_options": options(places, locality.key if locality else ""),
        "locality": locality,
        "locality_trouble": trouble,
        "indicators": [item for item in indicating if item.applies],
        "other_indicators": [item for item in indicating if not item.applies],
        "shares": _shares(main),
        "surgery_date": surgery,
        "global_first": indicators.first_day_of_global(main.global_days, surgery) if main and surgery else None,
        "global_last": indicators.last_day_of_global(main.global_days, surgery) if main and surgery else None,
        "history": past if len(past) > 1 else [],
        "chart": page.chart(past),
        "hcpcs": _hcpcs(code),
        "specialties": [(link.key, link.name) for link in links["specialty"]],
        "related": _related(links["related"], current),
        "faqs": [[html(part, figures) for part in pair] for pair in questions],
        "json_ld": _json_ld(code, said, facts, [[plain(part, figures) for part in pair] for pair in questions]),
        "description": _meta_description(code, said, facts, shown),
    }  # fmt: skip


def parse_date_safely(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _facts(code: Code, shown, releases, current: Release | None) -> narrative.Facts:
    main = shown.main if shown else None
    valued = shown.valued if shown else None
    hcpcs = code.hcpcs or {}
    wording = hcpcs.get("wording") or spell_out(main.descriptor if main else code.cms_descriptor)
    terminated = parse_date_safely(hcpcs.get("terminated") or "")
    return code.facts(
        wording=wording if code.wording_is_public else "",
        status=main.status if main else "",
        has_values=valued is not None,
        is_paid=bool(valued and page.is_paid(valued)),
        part=valued.modifier if valued else "",
        part_status=valued.status if valued else "",
        work_is_zero=bool(valued and not valued.work),
        global_days=main.global_days if main else "",
        pctc=main.pctc if main else "",
        nonfac_na=bool(valued and valued.nonfac_na),
        fac_na=bool(valued and valued.fac_na),
        bilat_surg=main.bilat_surg if main else "",
        asst_surg=main.asst_surg if main else "",
        release=shown.release.name if shown else "",
        is_starter=bool(shown and shown.release.is_starter),
        is_past=bool(shown and page.is_past(shown.release)),
        **page.ending(page.newest_holder(releases), terminated, current, timezone.localdate()),
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


def _related(links: list[Link], current: Release | None) -> list[dict]:
    """Related codes in use; one without a text of ours is named by its section."""
    today = timezone.localdate()
    return [
        {"code": link.key, "name": link.name or _place(link.key), "address": code_address(link.more, link.key)}
        for link in links
        if not _is_gone(page.ending(link.held_by, parse_date_safely(link.terminated or ""), current, today))
    ]


def _place(code: str) -> str:
    return sections.section_of(code) or Code.CodeSet(sections.code_set_of(code)).label


def _is_gone(known: dict) -> bool:
    return known["has_ended"] or bool(known["last_release"])


def _faqs(code: Code, text: dict, facts: narrative.Facts, shown) -> list[tuple[str, str]]:
    """Questions that every page answers from its facts."""
    label = f"{code.code_system} code {code.code}"
    is_or_was, does = ("was", "Did") if facts.is_gone else ("is", "Does")
    about = _joined(_full_stop(f"{label}: {text['name']}"), _gone_unless_said(text, facts), text["description"])
    result = [(f"What {is_or_was} {label}?", about)]
    if facts.has_values:
        result.append((f"What {is_or_was} the work RVU of {code.code}?", _work_answer(label, facts, shown)))
    else:
        result.append((f"{does} {code.code} have a work RVU?", f"No. {narrative.no_rvu_reason(facts)}"))
    return result


def _written(code: Code, links: dict[str, list[Link]]) -> list[tuple[str, str]]:
    return [(question.name, question.more) for question in links["question"]] if code.is_published else []


def _gone_unless_said(text: dict, facts: narrative.Facts) -> str:
    """That the code is no longer in use: an editor's text, written before, does not say so."""
    return "" if text["is_derived"] else narrative.gone(facts)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _work_answer(label: str, facts: narrative.Facts, shown) -> str:
    row, has, verb = shown.valued, *(("had", "was") if facts.is_past else ("has", "is"))
    whose = f"{label} with modifier {row.modifier}" if row.modifier else label
    settings = [("in an office", row.nonfac_total, row.nonfac_na), ("in a facility", row.fac_total, row.fac_na)]
    totals = " and ".join(f"{total} {where}" for where, total, na in settings if not na)
    return _joined(
        "CMS gives one for the professional component alone." if row.modifier and not facts.is_past else "",
        f"{whose} {has} a work RVU of {row.work} in CMS's release {shown.release.name}{_from(shown.release)}.",
        "" if row.work else "There is no physician work in it.",
        f"With practice expense and malpractice, the total {verb} {totals}." if totals else "",
        narrative.gone(facts) or ("" if facts.is_paid or facts.is_past else narrative.NOT_USED),
    )


def _title(code: Code, text: dict, facts: narrative.Facts) -> str:
    """Title of the page, of up to 110 characters with the site's name behind it."""
    tail = narrative.gone_tag(facts) or (f"in {facts.release}" if facts.is_past else "")
    words = f"{text['name']}: RVU and payment" + (f", {tail}" if tail else "")
    room = 92 - len(words) + len(text["name"])
    name = text["name"] if len(text["name"]) <= room else text["name"][:room].rsplit(" ", 1)[0].rstrip(" ,;:(…") + " …"
    return f"{code.code} {name}{words[len(text['name']) :]}"


def _from(release: Release) -> str:
    return ", which is not in force yet" if release.is_ahead else ""


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "…")) else f"{text}."


def _meta_description(code: Code, text: dict, facts: narrative.Facts, shown) -> str:
    """Two sentences or three for search engines and shared links: what it is, whether it is over, its work RVU."""
    figures = ""
    if facts.has_values:
        part = f" with modifier {facts.part}" if facts.part else ""
        figures = f"Work RVU{part} {shown.valued.work}, CMS {shown.release.name}{_from(shown.release)}."
    said = text["plain_language"] or text["description"]
    lead = _joined(f"{code.code_system} {code.code}: {said}")
    short = lead if len(lead) < 150 else lead[:150].rsplit(" ", 1)[0].rstrip(" ,;:.(") + " …"
    return _joined(narrative.gone(facts), short, figures)


def _json_ld(code: Code, text: dict, facts: narrative.Facts, faqs: list[tuple[str, str]]) -> SafeString:
    medical = {
        "@type": "MedicalCode", "codeValue": code.code, "codingSystem": code.code_system, "name": text["name"],
        "inCodeSet": {"@type": "CategoryCodeSet", "name": code.get_code_set_display()},
    }  # fmt: skip
    if facts.is_gone:
        medical["description"] = narrative.gone(facts)
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
