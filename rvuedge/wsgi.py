import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rvuedge.settings")

application = get_wsgi_application()

from codes import visits  # noqa: E402 (its models need Django set up)

visits.start()
