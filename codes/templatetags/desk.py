from django import template

from codes import dashboard

register = template.Library()


@register.inclusion_tag("admin/desk/_dashboard.html", takes_context=True)
def desk_dashboard(context):
    """What there is to do, for those who may read the entries."""
    user = context["request"].user
    if not user.has_perm("codes.view_code"):
        return {}
    return dashboard.figures() | {"may_import": user.has_perm("codes.import_release")}
