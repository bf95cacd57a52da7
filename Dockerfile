# The server with its studio and its models: nothing is fetched when it runs.
#
#   docker build -t phonofilm .
#   docker run --rm -v films:/data phonofilm keys add laptop
#   docker run --rm -v films:/data -p 8000:8000 phonofilm
#
FROM node:20.20-bookworm-slim AS studio
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web ./
RUN npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements requirements
RUN python -m venv /opt/phonofilm \
    && /opt/phonofilm/bin/pip install --no-cache-dir --require-hashes -r requirements/server.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=studio /src/src/phonofilm/server/studio src/phonofilm/server/studio
RUN /opt/phonofilm/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && PHONOFILM_CACHE=/opt/phonofilm/cache /opt/phonofilm/bin/phonofilm models pull

FROM python:3.11-slim-bookworm
# what the drawing library links to, although it draws in memory
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libexpat1 libgl1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin phonofilm \
    && install -d -o phonofilm -g phonofilm -m 700 /data
COPY --from=build --chown=10001:10001 /opt/phonofilm /opt/phonofilm
ENV PATH=/opt/phonofilm/bin:$PATH \
    PHONOFILM_DATA=/data \
    PHONOFILM_CACHE=/opt/phonofilm/cache \
    PYTHONUNBUFFERED=1
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["phonofilm"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
