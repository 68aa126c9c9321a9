import { type FormEvent, useState } from "react";
import { createItem, getItems } from "./api";
import { Card } from "./Card";
import { useAction, useLive } from "./hooks";

export function Items() {
  const items = useLive(getItems, 5000);
  const create = useAction();
  const [name, setName] = useState("");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await create.run(() => createItem(name))) setName("");
    await items.reload();
  };

  return (
    <Card title="Items" error={create.error ?? items.error}>
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="item-name">Name</label>
        <input id="item-name" value={name} onChange={(event) => setName(event.target.value)} required maxLength={200} />
        <button disabled={create.busy}>Add item</button>
      </form>
      <ul aria-label="Items">
        {items.data?.map((item) => (
          <li key={item.id}>
            <span>{item.name}</span> <small>no. {item.id}</small>
          </li>
        ))}
      </ul>
      {items.data?.length === 0 && <p className="empty">No items yet.</p>}
    </Card>
  );
}
