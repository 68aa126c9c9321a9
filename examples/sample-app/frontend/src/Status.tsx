import { getHealth, getLastTick } from "./api";
import { Card } from "./Card";
import { useLive } from "./hooks";

const LATE_AFTER_SECONDS = 60;

export function Status() {
  const health = useLive(getHealth, 3000);
  const tick = useLive(getLastTick, 3000);
  const { data } = health;
  const unreachable = health.error !== undefined;
  const backend = unreachable ? "unreachable" : data?.status;

  return (
    <Card title="Status" error={health.error ?? data?.reason}>
      <dl className="states" aria-live="polite">
        <State name="Backend" state={backend} good={backend === "healthy"} />
        <State name="Database" state={unreachable ? undefined : data?.database} good={data?.database === "connected"} />
        <State name="Redis" state={unreachable ? undefined : data?.redis} good={data?.redis === "connected"} />
        <State name="Version" state={data?.version} />
      </dl>
      <LastTick at={tick.data?.created_at} />
    </Card>
  );
}

/** One name and its state; the word says what the colour says. */
function State({ name, state = "unknown", good }: { name: string; state?: string; good?: boolean }) {
  const className = good === undefined ? undefined : good ? "good" : "bad";
  return (
    <div>
      <dt>{name}</dt>
      <dd className={className}>{state}</dd>
    </div>
  );
}

function LastTick({ at }: { at?: string }) {
  if (!at) return <p>The schedule has not ticked yet.</p>;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
  return (
    <p className={seconds > LATE_AFTER_SECONDS ? "bad" : undefined}>
      Last tick of the schedule: <time dateTime={at}>{new Date(at).toLocaleTimeString()}</time>, {seconds} s ago
    </p>
  );
}
