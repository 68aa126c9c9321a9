import type { FormEvent } from "react";
import { createUpload, downloadUrl, getUploads } from "./api";
import { Card } from "./Card";
import { useAction, useLive } from "./hooks";

export function Uploads() {
  const uploads = useLive(getUploads, 5000);
  const create = useAction();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const file = new FormData(form).get("file");
    if (!(file instanceof File)) return;
    if (await create.run(() => createUpload(file))) form.reset();
    await uploads.reload();
  };

  return (
    <Card title="Uploads" error={create.error ?? uploads.error}>
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor="upload-file">File</label>
        <input id="upload-file" name="file" type="file" required />
        <button disabled={create.busy}>{create.busy ? "Uploading…" : "Upload"}</button>
      </form>
      <ul aria-label="Uploads">
        {uploads.data?.map((upload) => (
          <li key={upload.id}>
            <a href={downloadUrl(upload)}>{upload.filename}</a> <small>{upload.size.toLocaleString()} bytes</small>
          </li>
        ))}
      </ul>
      {uploads.data?.length === 0 && <p className="empty">No uploads yet.</p>}
    </Card>
  );
}
