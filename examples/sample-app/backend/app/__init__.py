"""The sample application: a small FastAPI service with a Celery worker and a beat schedule."""
