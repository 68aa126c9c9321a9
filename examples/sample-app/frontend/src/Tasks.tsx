import { useCallback, useState } from "react";
import { getTask, startTask, type Task } from "./api";
import { Card } from "./Card";
import { useAction, useLive } from "./hooks";

const SHOWN = 5;

export function Tasks() {
  const start = useAction();
  const [started, setStarted] = useState<Task[]>([]);

  const add = async () => {
    const task = await startTask();
    setStarted((tasks) => [task, ...tasks].slice(0, SHOWN));
  };

  return (
    <Card title="Tasks" error={start.error}>
      <p>The worker counts what there is, after two seconds of pretended work.</p>
      <button disabled={start.busy} onClick={() => void start.run(add)}>
        Start a task
      </button>
      <ul aria-label="Tasks" aria-live="polite">
        {started.map((task) => (
          <TaskRow key={task.id} task={task} />
        ))}
      </ul>
      {started.length === 0 && <p className="empty">No task started from this page yet.</p>}
    </Card>
  );
}

/** One task, asked for until it is done. */
function TaskRow({ task }: { task: Task }) {
  const load = useCallback(() => getTask(task.id), [task.id]);
  const { data = task, error } = useLive(load, 1000, isDone);
  return (
    <li>
      <span className={data.status === "SUCCESS" ? "good" : data.status === "FAILURE" ? "bad" : undefined}>
        {data.status.toLowerCase()}
      </span>{" "}
      {data.result &&
        `${data.result.items} items, ${data.result.uploads} uploads, counted by worker ${data.result.worker}, version ${data.result.version}`}
      {data.error ?? error}
    </li>
  );
}

function isDone(task: Task): boolean {
  return task.status === "SUCCESS" || task.status === "FAILURE";
}
