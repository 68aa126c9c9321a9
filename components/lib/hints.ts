const ALONE = "there is always exactly one: two at once would";

/** Keys that people look for and that are left out on purpose: why, or where to find what they mean. */
const HINTS: Readonly<Record<string, string>> = {
  "postgres.replicas": `${ALONE} corrupt the data`,
  "redis.replicas": `${ALONE} corrupt the data`,
  "beat.replicas": `${ALONE} send every task twice`,
  "bot.replicas": `${ALONE} fight for the token`,
  "edge.replicas": `${ALONE} fight for the port`,
  "beat.schedule": "the schedule stands in the Celery application, as beat_schedule or as the scheduler's own table",
  "bot.token":
    "name the token in bot.secrets, and set its value with: pulumi config set --secret --path 'secrets.NAME' <value>",
  "postgres.password": "it is generated, and kept encrypted in the stack's state",
  "redis.password": "it is generated, and kept encrypted in the stack's state",
  "backend.image": "backend, worker, beat and migrations run one image: app.image or app.build",
  "backend.env": "backend, worker, beat and migrations share one environment: app.env",
};

/** What to do instead of writing a key that does not exist; undefined where that is not known. */
export function hintFor(key: string): string | undefined {
  return HINTS[key];
}
