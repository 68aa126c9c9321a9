/** Where the images of ready-made services come from. */
export type ImageSet = "official" | "offline";

export interface ReadyImage {
  readonly ref: string;
  /** `uid:gid` that the image made for its service. */
  readonly user: string;
}

type ReadyService = "postgres" | "redis" | "caddy";

/**
 * Image and user of each ready-made service. The user belongs to the image: alpine's Postgres is uid 70, Debian's
 * another, and data of one under the other cannot be read. `offline` images are made by this project for machines that
 * reach package registries only; offline/README.md says how.
 */
export const IMAGES: Readonly<Record<ImageSet, Readonly<Record<ReadyService, ReadyImage>>>> = {
  official: {
    postgres: { ref: "postgres:15-alpine", user: "70:70" },
    redis: { ref: "redis:7-alpine", user: "999:1000" },
    caddy: { ref: "caddy:2.11.4-alpine", user: "10081:10081" },
  },
  offline: {
    postgres: { ref: "onehost/postgres:15", user: "10070:10070" },
    redis: { ref: "onehost/redis:7", user: "10079:10079" },
    caddy: { ref: "onehost/caddy:2", user: "10081:10081" },
  },
};

/** Build arguments that name the base images, for Dockerfiles that take them. */
export const BASE_IMAGES: Readonly<Record<ImageSet, Readonly<Record<string, string>>>> = {
  official: {},
  offline: { PYTHON_IMAGE: "onehost/python:3.11", NODE_IMAGE: "onehost/node:20", NGINX_IMAGE: "onehost/nginx:1" },
};
