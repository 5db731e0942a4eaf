# docker build --tag bc-sidecar .
# Another Node.js (24 or 26), or a base image pinned by digest: --build-arg NODE_MAJOR=24, --build-arg RUNTIME_IMAGE=…@sha256:…
# The same bytes each time: --build-arg SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"; docs/release.md has the rest.
ARG NODE_MAJOR=24
ARG BUILD_IMAGE=node:${NODE_MAJOR}-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs${NODE_MAJOR}-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY scripts/bundle.mjs scripts/code-cache.mjs scripts/
COPY src src
RUN npm run --silent build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
# npm's `--omit dev` forgets packages that development needs as well; without development dependencies it need not omit any.
ARG SOURCE_DATE_EPOCH=0
COPY scripts/sbom.mjs scripts/sbom.mjs
RUN npm pkg delete devDependencies scripts && npm sbom --sbom-format cyclonedx --loglevel=error > npm.cdx.json \
 && node scripts/sbom.mjs < npm.cdx.json > sbom.cdx.json
# What nothing reads at run time stays behind: TypeScript, source maps, the packages' tests and documentation.
RUN find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -iname '*.md' ! -iname 'licen[cs]e*' \
      -o -name .package-lock.json \) -delete \
 && find node_modules -maxdepth 3 -type d \( -name test -o -name tests -o -name docs -o -name benchmark -o -name benchmarks \
      -o -name example -o -name examples -o -name .github -o -name .bin \) -prune -exec rm -r {} + \
 && find node_modules -type d -empty -delete
# /certificates belongs to the user of the runtime image, and so does a named volume that is first mounted there.
RUN mkdir -p /out/app && install -d -o 65532 -g 65532 -m 0700 /out/certificates \
 && cp -R package.json sbom.cdx.json dist node_modules /out/app/ \
 && chmod -R u=rwX,go=rX /out/app \
 && find /out -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +

# SIGUSR1 would open the inspector on a port that every container of the pod can reach; nothing here needs __proto__. Node.js's
# permission model denies child processes, addons, WASI, inspector and reports; `run` gives up writing once it listens, which only
# a stale unix socket and `simulate` need. The worker opens PFX files. From Node.js 25 on, the network has to be allowed.
# Space for new objects as in Node.js 20, in place of what newer ones take: 30 MB less under load, for no more CPU (`npm run bench`).
FROM ${RUNTIME_IMAGE} AS runtime-24
ENTRYPOINT ["/nodejs/bin/node", "--disable-sigusr1", "--disable-proto=throw", "--permission", "--allow-fs-read=*", \
  "--max-semi-space-size=16", "--allow-fs-write=*", "--allow-worker", "--disable-warning=SecurityWarning", "/app/dist/main.js"]
FROM ${RUNTIME_IMAGE} AS runtime-26
ENTRYPOINT ["/nodejs/bin/node", "--disable-sigusr1", "--disable-proto=throw", "--permission", "--allow-fs-read=*", \
  "--max-semi-space-size=16", "--allow-fs-write=*", "--allow-worker", "--allow-net", "--disable-warning=SecurityWarning", \
  "--disable-warning=ExperimentalWarning", "/app/dist/main.js"]

FROM runtime-${NODE_MAJOR}
COPY --from=build /out/ /
ENV NODE_ENV=production
# Not writable for the user that it runs as: a core dump or a diagnostic report has nowhere to go.
WORKDIR /app
USER 65532:65532
EXPOSE 8080 9901
CMD ["run"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "/app/dist/main.js", "health"]
ARG VERSION=unreleased
ARG REVISION=unknown
# RFC 3339; where the source is kept.
ARG CREATED=unknown
ARG SOURCE=unknown
ARG RUNTIME_IMAGE
LABEL org.opencontainers.image.title="bc-sidecar" \
      org.opencontainers.image.description="A sidecar that holds the client certificate, the credentials and the token for Banking Circle's API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
