# Sallyport as a container: production packages, what was built, and nothing else. See docs/DEPLOYMENT.md.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# better-sqlite3 brings its binary. There is no compiler here: what one makes with the newest headers of Node 24 would
# end the process at some collection of memory (server/db/binding.ts), so a build that cannot fetch the binary fails.
RUN npm ci --omit=dev

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that the build needs has a script to run.
RUN npm ci --ignore-scripts
COPY tsconfig.json vite.config.ts ./
COPY shared shared/
COPY server server/
COPY client client/
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
# For one process on SQLite: its database and its secret. A named volume takes the owner from here.
RUN install -d -m 0700 -o 1000 -g 1000 /data
COPY --from=packages /app/node_modules node_modules/
COPY --from=build /app/dist dist/
COPY package.json LICENSE ./
# The image's user "node", as a number: Kubernetes can tell that it is not root. It owns nothing but /data.
USER 1000:1000
VOLUME /data
EXPOSE 3000
# Whether the process runs, not whether its database does: what restarts containers for being unhealthy must not do it
# to all of them while the database is away. /readyz is for whoever sends requests here.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process, so that SIGTERM reaches the server: it drains for 8 seconds at most and exits 0.
CMD ["node", "dist/server/main.mjs"]
