# The image that `make serve` would make, by the same lock. Steps: docs/decisions/0007-docker.md.
FROM debian:12-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/orion --shell /usr/sbin/nologin orion

WORKDIR /opt/orion
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
COPY migrations migrations
COPY orion orion
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

USER orion
ENV ORION_DATA_DIR=/var/lib/orion/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /var/lib/orion/data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["/opt/orion/.venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3000/healthz', timeout=2)"]
CMD ["/opt/orion/.venv/bin/orion", "serve", "--host", "0.0.0.0"]
