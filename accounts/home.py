"""What the home of a career stage offers."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F
from django.urls import reverse

from accounts.models import CareerStage, User
from codes.models import Code, Release
from codes.search.index import usage

SUGGESTED = 8


@dataclass(frozen=True)
class Step:
    """Something worth doing next, and where."""

    title: str
    why: str
    address: str


def suggested_codes(user: User, kept: Collection[str], release: Release | None) -> list[Code]:
    """Codes of their specialty that Medicare is billed most and that they do not keep yet; [] without a specialty."""
    if not user.specialty_id:
        return []
    codes = Code.objects.published().filter(specialties=user.specialty_id).exclude(code__in=kept)
    codes = codes.select_related("category").with_figures(release).annotate(work=F("row__work"))
    return sorted(codes, key=lambda code: (-usage().get(code.code, 0), code.code))[:SUGGESTED]


def next_steps(user: User, favourite_count: int) -> list[Step]:
    """Up to four steps that are still open for this person, those of their stage first."""
    steps = [*_of_stage(user), *_of_everyone(user, favourite_count)]
    return steps[:4]


def _of_stage(user: User) -> list[Step]:
    read = f"{reverse('code-short', args=['47562'])}#rvu-information"
    if user.career_stage == CareerStage.STUDENT:
        return [
            Step(
                "Read one code's figures",
                "Work, practice expense and malpractice: what a gallbladder removal is made of.",
                read,
            ),
            Step(
                "Look up what you saw today",
                "Plain words will do: “heart ultrasound”, “stitches”.",
                reverse("code-list"),
            ),
        ]
    if user.career_stage == CareerStage.RESIDENT:
        return [
            Step("Keep the codes of your rotation", "Search for the operation and tap the star.", reverse("code-list")),
            Step(
                "Know the global period",
                "Which visits after an operation are part of it, to the day.",
                f"{reverse('code-short', args=['47562'])}#global",
            ),
        ]
    return [
        Step("Keep the codes you bill most", "Their work RVUs stand on one page, and you are told when CMS changes one.", reverse("code-list")),
        Step("See your own locality's payment", "Every paid code has it to the cent.", f"{reverse('code-short', args=['99214'])}#payment"),
    ]  # fmt: skip


def _of_everyone(user: User, favourite_count: int) -> list[Step]:
    steps = []
    if not user.specialty_id:
        steps.append(
            Step("Say your specialty", "Then this page suggests the codes it uses most.", reverse("me-profile"))
        )
    if user.career_stage == CareerStage.ATTENDING and not user.locality:
        steps.append(
            Step("Set your Medicare locality", "Your favorites then show its payments.", reverse("me-profile"))
        )
    if favourite_count > 5:
        steps.append(
            Step("Sort your favorites into folders", "By clinic, operating room or call.", reverse("favorites"))
        )
    steps.append(
        Step("Add a passkey", "Sign in with your face, finger or device, without a password.", reverse("mfa_index"))
    )
    return steps
