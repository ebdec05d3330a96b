# The server as one executable, with its own PostgreSQL beside it, for when there is no DATABASE_URL. `docker build .` builds it from source.
#
# To pin the base images for good, add their digests, as `oven/bun:1.4.5-slim@sha256:…`. This prints one:
#   docker buildx imagetools inspect oven/bun:1.4.5-slim
#
# BASE is what the executable needs around it: glibc with libstdc++, a shell, `sync`. PROGRAM is where it comes from: the stage `source`, or an
# image that holds it in /program, as a release has it (release/image.ts).
ARG BASE=debian:13-slim
ARG PROGRAM=source

FROM oven/bun:1.4.5-slim AS source
WORKDIR /app
COPY package.json bun.lock ./
COPY src/db/patches ./src/db/patches
RUN bun install --frozen-lockfile
COPY tsconfig.json LICENSE CHANGELOG.md .env.example ./
COPY src ./src
COPY release ./release
# The guide, which /docs/socket renders.
COPY docs/protocol.md ./docs/protocol.md
RUN bun run build:executable --folder /program

FROM ${PROGRAM} AS program

FROM ${BASE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data PATH=/opt/realtime-chat:/usr/bin:/bin
# All of it belongs to root: the server can read its program, not change it. It writes to /data, and nothing else.
COPY --from=program --chown=0:0 /program /opt/realtime-chat
# For its database and for uploaded files: a volume that is mounted here is the server's user's.
RUN mkdir -p /data && chown 1000:1000 /data
VOLUME /data
# By number: what demands an unprivileged user (`runAsNonRoot`) can't look up a name.
USER 1000:1000
WORKDIR /data
EXPOSE 8000

# Whether the process answers, and not whether its database does: to start it anew would not bring that back.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["realtime-chat", "health"]

# No shell in between: SIGTERM reaches the server, which finishes what is under way within ten seconds.
ENTRYPOINT ["realtime-chat"]
