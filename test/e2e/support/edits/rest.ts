import type { Edits, World } from "./edit.ts";
import { answered, containersOf, imageName, inside, inspected, ofImage, published, recorded } from "./read.ts";
import { EDGE_PORT, EDGE_TLS_PORT } from "../../../../components/lib/schema.ts";
import { FRONTEND, imageOf } from "../releases.ts";

const MiB = 2 ** 20;

/** Edits of what the whole stack shares. */
export const stackEdits = ({ stack, otherHost, images, platform, contexts, uid }: World): Edits => ({
  host: { to: otherHost, shows: otherHost, read: recorded("pulumi:providers:docker", "host", "inputs.host") },
  audit: {
    to: false,
    shows: true,
    // What it would have refused passes now.
    read: async () => (await stack.previewOf({ "postgres.user": `1${uid.postgres}:70` })).exitCode === 0,
  },
  pinned: {
    to: false,
    shows: { accepted: true, refused: true },
    read: async () => ({
      accepted: (await stack.previewOf(BY_TAG)).exitCode === 0,
      refused: (await stack.previewOf({ ...BY_TAG, pinned: true })).exitCode !== 0,
    }),
  },
  images: {
    to: images.other,
    // What the ready-made services would run instead is not on this machine: only a build argument is tried.
    with: { audit: false },
    // All but the bot name their images themselves by then.
    reaches: ["bot"],
    batch: 2,
    shows: images.other === "offline" ? "onehost/python:3.11" : "none",
    read: ofImage("bot", "Config.Labels.base"),
  },
  platform: {
    to: platform.other,
    // Nothing else is built in that up.
    applied: { "bot.build": `${contexts}/bot-for-another-platform` },
    batch: 2,
    shows: platform.other.split("/")[1],
    read: ofImage("bot", "Architecture"),
  },
});

const BY_TAG = { "app.image": imageOf("second"), "app.build": "" };

/** Edits of the frontend and the bot. */
export const imageEdits = ({ contexts }: World): Edits => ({
  "frontend.image": {
    to: FRONTEND,
    with: { "frontend.build": "" },
    applied: { "frontend.port": 8080 },
    batch: 2,
    shows: FRONTEND,
    read: imageName("frontend"),
  },
  "frontend.build": {
    to: `${contexts}/other-frontend`,
    applied: { "frontend.port": 8088 },
    shows: "other-frontend",
    read: ofImage("frontend", "Config.Labels.folder"),
  },
  "frontend.buildArgs": { to: { MARK: "second" }, shows: "second", read: ofImage("frontend", "Config.Labels.mark") },
  "frontend.user": { to: "10082:10082", shows: "10082:10082", read: inspected("frontend", "Config.User") },
  "frontend.port": {
    to: 8088,
    applied: { "frontend.build": `${contexts}/other-frontend` },
    shows: "ok",
    read: inside("frontend", "wget", "-qO-", "http://127.0.0.1:8088/healthz"),
  },
  "frontend.live": {
    to: "/index.html",
    shows: true,
    read: async (world) =>
      ((await inspected("frontend", "Config.Healthcheck.Test")(world)) as string[]).at(-1)?.endsWith("/index.html"),
  },
  "frontend.replicas": { to: 2, shows: 2, read: containersOf("frontend") },
  "frontend.memory": { to: "80MiB", shows: 80 * MiB, read: inspected("frontend", "HostConfig.Memory") },
  "frontend.cpus": { to: "0.4", shows: 400_000_000, read: inspected("frontend", "HostConfig.NanoCpus") },
  "bot.image": {
    to: "onehost-e2e/bot:edited",
    with: { "bot.build": "" },
    batch: 3,
    shows: "onehost-e2e/bot:edited",
    read: imageName("bot"),
  },
  "bot.build": { to: `${contexts}/other-bot`, shows: "other-bot", read: ofImage("bot", "Config.Labels.folder") },
  "bot.buildArgs": { to: { MARK: "second" }, shows: "second", read: ofImage("bot", "Config.Labels.mark") },
  "bot.command": { to: ["sleep", "2000000"], shows: ["sleep", "2000000"], read: inspected("bot", "Config.Cmd") },
  "bot.user": { to: "10003:10003", shows: "10003:10003", read: inspected("bot", "Config.User") },
  "bot.env": {
    to: { LANG: "de" },
    shows: true,
    read: async (world) => ((await inspected("bot", "Config.Env")(world)) as string[]).includes("LANG=de"),
  },
  "bot.secrets": { to: ["BOT_TOKEN", "EXTRA"], shows: "more", read: inside("bot", "cat", "/run/secrets/extra") },
  "bot.probe": {
    to: ["sh", "-c", "exit 0"],
    shows: ["CMD", "sh", "-c", "exit 0"],
    read: inspected("bot", "Config.Healthcheck.Test"),
  },
  "bot.memory": { to: "80MiB", shows: 80 * MiB, read: inspected("bot", "HostConfig.Memory") },
  "bot.cpus": { to: "0.4", shows: 400_000_000, read: inspected("bot", "HostConfig.NanoCpus") },
  "bot.pidsLimit": { to: 40, shows: 40, read: inspected("bot", "HostConfig.PidsLimit") },
});

/** Where the stack is served, before and after. */
export const DOMAIN = { before: "edits.example.org", after: "www.edits.example.org" };

/** Edits of the way in. */
export const edgeEdits = ({ port }: World): Edits => ({
  "edge.image": { to: "onehost-e2e/caddy:edited", shows: "onehost-e2e/caddy:edited", read: imageName("edge") },
  "edge.user": { to: "10084:10084", shows: "10084:10084", read: inspected("edge", "Config.User") },
  "edge.domain": { to: DOMAIN.after, shows: 200, read: answered(DOMAIN.after, "/v1/live") },
  "edge.tls": {
    to: "acme",
    // From then on there is no certificate: nobody outside vouches for this name.
    batch: 3,
    shows: "0",
    read: inside("edge", "sh", "-c", 'grep -c "tls internal" /config/Caddyfile || true'),
  },
  "edge.publish": {
    to: `127.0.0.1:${port.otherHttp}`,
    shows: [`127.0.0.1:${port.otherHttp}`],
    read: published("edge", EDGE_PORT),
  },
  "edge.publishTls": {
    to: `127.0.0.1:${port.otherHttps}`,
    shows: [`127.0.0.1:${port.otherHttps}`],
    read: published("edge", EDGE_TLS_PORT),
  },
  "edge.apiPrefix": { to: "/v1", shows: 200, read: answered(DOMAIN.after, "/v1/live") },
  "edge.stripApiPrefix": { to: false, batch: 2, shows: 404, read: answered(DOMAIN.after, "/v1/live") },
  "edge.memory": { to: "80MiB", shows: 80 * MiB, read: inspected("edge", "HostConfig.Memory") },
  "edge.cpus": { to: "0.4", shows: 400_000_000, read: inspected("edge", "HostConfig.NanoCpus") },
});
