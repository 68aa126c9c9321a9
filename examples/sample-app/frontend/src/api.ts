/** The backend's endpoints, typed. */

const BASE = import.meta.env.VITE_API_BASE_URL || "/api";

export interface Health {
  status: string;
  version: string;
  database: string;
  redis: string;
  reason?: string;
}

export interface Item {
  id: number;
  name: string;
  created_at: string;
}

export interface Upload {
  id: string;
  filename: string;
  size: number;
  sha256: string;
  created_at: string;
}

export interface Task {
  id: string;
  status: string;
  result: { items: number; uploads: number; upload_bytes: number; worker: string; version: string } | null;
  error: string | null;
}

export interface Tick {
  id: string;
  version: string;
  created_at: string;
}

/** Answers that an endpoint gives on purpose, with a body worth reading, although their status is an error. */
type Expected = readonly number[];

async function request<T>(path: string, init: RequestInit = {}, expected: Expected = []): Promise<T> {
  const response = await fetch(BASE + path, init);
  const isJson = response.headers.get("content-type")?.includes("application/json") ?? false;
  const body: unknown = isJson ? await response.json() : null;
  if (isJson && (response.ok || expected.includes(response.status))) return body as T;
  throw new Error(detailOf(body) ?? `${init.method ?? "GET"} ${BASE}${path}: unexpected answer ${response.status}`);
}

function detailOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("detail" in body)) return undefined;
  return typeof body.detail === "string" ? body.detail : "The value is not valid.";
}

function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  return request<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const getHealth = () => request<Health>("/health", {}, [503]);

export const getItems = () => request<Item[]>("/items?limit=10");
export const createItem = (name: string) => post<Item>("/items", { name });

export const getUploads = () => request<Upload[]>("/uploads");
export const downloadUrl = (upload: Upload) => `${BASE}/uploads/${upload.id}`;
export function createUpload(file: File): Promise<Upload> {
  const body = new FormData();
  body.append("file", file);
  return request<Upload>("/uploads", { method: "POST", body });
}

export const startTask = () => post<Task>("/tasks", { seconds: 2 });
export const getTask = (id: string) => request<Task>(`/tasks/${id}`);

export const getLastTick = () => request<Tick[]>("/ticks?limit=1").then((ticks) => ticks[0] ?? null);
