from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from accounts.deletion import end_sessions
from accounts.models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Who may do what. What people keep (favorites, notes) is theirs and not shown here."""

    ordering = ["email"]
    list_display = ["email", "career_stage", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "career_stage", "groups"]
    search_fields = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
    actions = ["sign_out_everywhere"]

    @admin.action(description="Sign out everywhere")
    def sign_out_everywhere(self, request, queryset):
        for user in queryset:
            end_sessions(user)
        self.message_user(request, "They are signed out on every device.")
