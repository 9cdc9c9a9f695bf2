"""How gunicorn serves both applications of the bench: as the product is served, in one process never renewed."""

import os

bind = [f"127.0.0.1:{os.environ['BENCH_PORT']}"]
worker_class = "lms.patience.PatientWorker"
workers = 1
threads = 8
timeout = 30
keepalive = 5
max_requests = 0
accesslog = None
errorlog = "-"
loglevel = "warning"
