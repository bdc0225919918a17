"""Someone's own pages: the home of their stage, and what they told about themselves."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import ProfileForm, StageForm
from accounts.home import next_steps, suggested_codes
from accounts.models import Favourite
from codes.models import CatalogueState, Release

SHOWN = 8


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    if not request.user.career_stage:
        return redirect("me-stage")
    release = Release.objects.current()
    favourites = list(Favourite.objects.of(request.user).with_figures(release))
    recent = request.user.recent_codes.select_related("code__category")
    context = {
        "favourites": favourites[:SHOWN],
        "favourite_count": len(favourites),
        "changed_count": sum(bool(favourite.changes) for favourite in favourites),
        "recent": recent[:SHOWN],
        "suggested": suggested_codes(request.user, {favourite.code_id for favourite in favourites}, release),
        "steps": next_steps(request.user, len(favourites)),
        "release": release,
    }
    return render(request, "accounts/me.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        instance=request.user,
        release=Release.objects.current(),
        revision=CatalogueState.current_revision(),
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your details are saved.")
        return redirect("me")
    return render(request, "accounts/profile.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: HttpRequest) -> HttpResponse:
    """Another career stage; everything else stays, and the date is kept."""
    form = StageForm(
        request.POST if request.method == "POST" else None, initial={"career_stage": request.user.career_stage}
    )
    if request.method == "POST" and form.is_valid():
        request.user.begin_stage(form.cleaned_data["career_stage"])
        messages.success(request, "Your career stage is saved.")
        return redirect("me")
    return render(request, "accounts/stage.html", {"form": form, "changes": request.user.stage_changes.all()})


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Everything about signing in, and about the data that is kept."""
    return render(request, "accounts/security.html", {"SOCIALACCOUNT_ENABLED": bool(settings.SOCIALACCOUNT_PROVIDERS)})
