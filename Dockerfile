# The exporter as an image: docs/install.md says how to run it, scripts/build_image.sh builds it.
# A tag may be made to mean another image: whoever wants the very same one appends its digest (BASE=…@sha256:…).
ARG BASE=docker.io/library/python:3.13.16-slim-trixie

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
# Wheels alone, so that no architecture needs a compiler. pip stays behind with the environment it is in.
RUN python3 -m venv /build \
 && python3 -m venv --without-pip /opt/exporter \
 && /build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt \
 && /build/bin/pip --python /opt/exporter/bin/python install --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY exporter exporter
ARG VERSION=unreleased
RUN /build/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
 && /build/bin/pip --python /opt/exporter/bin/python install --no-deps --no-index /wheels/*.whl \
 && { test "$VERSION" = unreleased || test -e "/wheels/northflank_billing_exporter-$VERSION-py3-none-any.whl"; }

FROM ${BASE}
# Whoever runs it under another user id gives it the group 0, or mounts a folder that the user may write.
RUN install -d -o 65532 -g 0 -m 0770 /var/lib/northflank-billing-exporter
COPY --from=build /opt/exporter /opt/exporter
ARG VERSION=unreleased
ARG REVISION=
ENV PATH=/opt/exporter/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_STATE_HOME=/var/lib \
    NORTHFLANK_BILLING_EXPORTER_REVISION=$REVISION
LABEL org.opencontainers.image.title="northflank-billing-exporter" \
      org.opencontainers.image.description="A Prometheus exporter that tells Northflank users what they spend." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
USER 65532:65532
EXPOSE 10115
# Not through a proxy, which is why it is not urllib. Where --web.listen-address names another port, give --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/opt/exporter/bin/python", "-I", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 10115, timeout=4); c.request('GET', '/-/healthy'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["northflank-billing-exporter"]
CMD ["serve"]
